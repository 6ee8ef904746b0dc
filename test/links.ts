import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { type Document, read } from './documents'
import { root } from './support/root'

/** The links of a document to other files and to headings, without those to other sites. */
export function linksOf ({ text }: Document): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter(link => !/^[a-z]+:/.test(link))
}

/** The file that a link leads to, as a path within the repository. */
export function targetOf ({ path }: Document, link: string): string {
  const [file = ''] = link.split('#')
  return file === '' ? path : normalize(join(dirname(path), file))
}

/** Why a link leads nowhere; `undefined` if it leads somewhere. */
export function fault (document: Document, link: string): string | undefined {
  const target = targetOf(document, link)
  if (target.startsWith('..') || !existsSync(join(root, target))) return `${document.path}: there is no file ${target}`
  const [, anchor] = link.split('#')
  if (anchor === undefined) return undefined
  return anchorsOf(read(target)).includes(anchor) ? undefined : `${document.path}: ${target} has no heading #${anchor}`
}

/** The anchors of headings, as GitHub and npm make them. */
export function anchorsOf ({ text }: Document): string[] {
  const seen = new Map<string, number>()
  return [...withoutBlocks(text).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => {
    const slug = title.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-')
    const before = seen.get(slug) ?? 0
    seen.set(slug, before + 1)
    return before === 0 ? slug : `${slug}-${before}`
  })
}

function withoutBlocks (text: string): string {
  return text.replace(/^ *```[^]*?^ *```$/gm, '')
}

function withoutCode (text: string): string {
  return withoutBlocks(text).replace(/`[^`\n]*`/g, '')
}

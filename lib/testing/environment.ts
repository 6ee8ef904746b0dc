import { Blob, File } from 'node:buffer'

/**
 * The body with the classes of Node.js, or `undefined` if it does not need them. Test environments such as jsdom have a `Blob`
 * and a `FormData` of their own, which the `Request` of Node.js takes for texts. Their content can only be read asynchronously; the
 * list of a form's entries is read at once.
 */
export function nativeBody (body: unknown): Promise<FormData | globalThis.Blob> | undefined {
  if (isForm(body)) return nativeForm([...body])
  return isForeignBlob(body) ? nativeBlob(body) : undefined
}

function isForm (body: unknown): body is FormData {
  return tagOf(body) === 'FormData'
}

function isForeignBlob (value: unknown): value is globalThis.Blob {
  return /^(?:Blob|File)$/.test(tagOf(value)) && !(value instanceof Blob)
}

function tagOf (value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1)
}

async function nativeForm (entries: readonly (readonly [string, unknown])[]): Promise<FormData> {
  // No module exports the class.
  const form = await new Response(new URLSearchParams()).formData()
  for (const [name, value] of entries) form.append(name, isForeignBlob(value) ? await nativeBlob(value) : value as string | globalThis.Blob)
  return form
}

async function nativeBlob (blob: globalThis.Blob): Promise<globalThis.Blob> {
  const bytes = Buffer.from(await blob.arrayBuffer())
  const { type } = blob
  return 'name' in blob ? new File([bytes], String(blob.name), { type }) : new Blob([bytes], { type })
}

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of package.json. Tests run in a compiled copy of it, which has no sources, documents or fixtures. */
export const root = rootOf(__dirname)

function rootOf (folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootOf(dirname(folder))
}

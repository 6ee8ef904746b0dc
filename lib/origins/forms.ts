import type { Dfa } from './automaton/dfa'
import { unpacked } from './automaton/packed'
import { tables } from './form-tables'

/**
 * The forms of origins that a browser sends, `null` and `file://` left out. The lengths of hosts and labels are not
 * among them: they would multiply the states by 63, and `isSerializedOrigin` knows them.
 */
export const FORMS = {
  web: form('web'),
  /** Installed applications and extensions. */
  otherSchemes: form('otherSchemes'),
  any: form('any'),
  /** The machine that the browser runs on. */
  loopback: form('loopback'),
  /** Of other machines. */
  remoteNames: form('remoteNames'),
  remoteAddresses: form('remoteAddresses'),
  remoteHttp: form('remoteHttp'),
  /** Addresses of private networks, which any network may use. */
  privateAddress: form('privateAddress')
}

/** Read when it is first asked for: most RegExps need only some of them. */
function form (name: keyof typeof tables): () => Dfa {
  let read: Dfa | undefined
  return () => (read ??= unpacked(tables[name]))
}

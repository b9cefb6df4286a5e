// Finds the start of a secret at the end of a text. The rest of the secret may come with the next line.

import { MAY_HAVE_FORM } from './forms/token-forms.ts'
import { KEYISH } from './keys.ts'

/**
 * The number of characters at the end of a text that are checked. A longer start of a secret is already recognized as a
 * secret.
 */
const LOOKED_AT = 512

const FORM_START =
  /(?<![A-Za-z0-9_])(?:gh[pousr]_|github_pat_|gl(?:pat|ptt|dt|rt|soat|ft|sa|c)[-_]|xox[a-z]-|xapp-|[rs]k_(?:live|test)_|whsec_|AIza|ya29\.|GOCSPX-|SG\.|hv[sbr]\.|hf_|shp[a-z]{2,3}_|do[opr]_v1_|pypi-|npm_|AT[AC]TT3|sk-(?:proj|ant|admin|svcacct)-|sk-(?=[\w-]*[A-Z\d]))[\w.-]*$/
/** Starts of secrets that are hidden even if no further line comes. */
const HIDDEN_STARTS: readonly RegExp[] = [
  FORM_START,
  /A[KSBC][IC]A[A-Z0-9]{1,15}$/,
  // The start of an AWS secret key after an access key id.
  /(?<=A[KSBC][IC]A[A-Z0-9]{16}.{0,200}[^A-Za-z0-9/+])(?=[A-Za-z+/]*\d)[A-Za-z0-9/+]{16,39}$/,
  /(?:IQoJ|F[wQ]oG)[\w+=%/-]*$/,
  /eyJ[\w+/=-]*\.?[\w-]*$/,
  /(?<=\b(?:bearer|basic)[\s:=]{1,4})(?=\S*\d)[\w.~+=/-]{6,}$/i,
  /(?<=:\/\/[^\s"'<>`|@/]{1,200}:)(?!\d{1,5}(?:\/|$))[^\s"'<>`|@/]+$/,
  /(?<=hooks\.slack[\w.-]*\/\w+\/)[\w/-]+$|(?<=webhooks?\/\d+\/)[\w/-]+$|(?<=[?&](?:sig|X-Amz-\w+)=)[\w%+/=-]+$/,
  // The start of a private key, plain or base64-encoded.
  /-BEGIN [A-Z0-9 ]{0,50}-{0,5}$|LS0tLS1CRUdJTi[A-Za-z0-9+/=]*$/,
]
/**
 * Starts of secrets that are not hidden if no further line comes, because such text is common. A card number starts
 * with at least six digits.
 */
const SHOWN_STARTS: readonly RegExp[] = [
  /A[KSBC][IC]A$/,
  /\b(?:bearer|basic)[\s:=]{1,4}[\w.~+=/-]*$/i,
  /:\/\/[^\s"'<>`|@]*$/,
  /hooks\.slack[\w./-]*$|webhooks?\/[\w/-]*$|[?&](?:sig|X-Amz-\w+)=?$/,
  /-{1,5}(?:B[A-Z]{0,4})?$/,
  // A full line of base64. The next lines may show that it belongs to a private key.
  /^(?=\d*[A-Za-z+/])[A-Za-z0-9+/]{40,}={0,2}$/,
  // The start of an AWS secret key after an access key id.
  /(?<=A[KSBC][IC]A[A-Z0-9]{16}.{0,200}[^A-Za-z0-9/+])[A-Za-z0-9/+]{1,39}$/,
  /(?<!\d)[2-6](?:[ -]?\d){5,17}[ -]?$/,
]
const KEY_START =
  /(?:pass|pwd|secret|token|key|auth|cookie|credential|signature|session[_-]?id|connection[_ -]?string)[\w-]{0,40}\\{0,9}["']?\]?\s{0,4}(?::=|=>|[:=])\s{0,4}(?:[ubr]?\\{0,9}["'])?[^\s"']{0,60}$|--[\w-]*(?:pass|secret|token|key)[\w-]*\s?$|<[\w:.-]*(?:pass|secret|token|key)[\w:.-]*>?[^<]{0,200}$|%(?:22|27)[\w%.+-]*$/i
const HINT =
  /^[A-Za-z0-9+/]{40,}={0,2}$|eyJ|IQoJ|F[wQ]oG|A[KSBC][IC]A|bearer|basic|:\/\/|-(?:B[A-Z]{0,4})?$|-BEGIN|LS0t|\d\d[ -]?$|\d [- ]?\d{0,4}$|%2/i

/**
 * The start of a secret at the end of a text. `start`: its position; it extends to the end of the text. `isHidden`:
 * whether it is hidden even if no further line comes.
 */
export type Beginning = { readonly start: number; readonly isHidden: boolean }

/** The possible start of a secret at the end of a text; undefined if there is none. */
export const beginningOf = (text: string): Beginning | undefined => {
  const tail = text.slice(-LOOKED_AT)
  if (!HINT.test(tail) && !KEYISH.test(tail) && !MAY_HAVE_FORM.test(tail)) return undefined
  const from = text.length - tail.length
  for (const [isHidden, patterns] of STARTS)
    for (const pattern of patterns) {
      const found = pattern.exec(tail)
      if (found !== null) return { start: from + found.index, isHidden }
    }
  return undefined
}

const STARTS = [
  [true, HIDDEN_STARTS],
  [false, [...SHOWN_STARTS, KEY_START]],
] as const

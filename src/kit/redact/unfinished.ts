// Detects lines that may end in the start of a secret. Log follows and exec output buffer such lines until more text
// arrives. Text that is already redacted needs no buffering. Custom patterns are not considered.
import { neutralise } from './redact.ts'

/**
 * The number of characters that are checked at the end of a line. The start of a longer secret is redacted without
 * waiting.
 */
export const LOOKED_AT = 512

const BEGINNINGS: readonly RegExp[] = [
  /A[KSBC][IC]A[A-Z0-9]{0,15}$/,
  // The start of a secret key after an access key id.
  /A[KSBC][IC]A[A-Z0-9]{16}.*[^A-Za-z0-9/+][A-Za-z0-9/+]{1,39}$/,
  /(?:IQoJ|F[wQ]oG)[\w+=%/-]*$/,
  /eyJ[\w-]*\.?$/,
  /(?:xox[abeoprs]?-?|xapp-|gh[pousr]_|github_pat_|glpat-|[rs]k_live_|npm_|AIza|sk-)[\w-]*$/,
  /\b(?:bearer|basic|token)[\s:=]{1,4}[\w.~+=/-]*$/i,
  /:\/\/[^\s"'<>`|@]*$/,
  /(?:pass|passw(?:or)?d|pwd|secret|token|key|authorization|credential|cookie|signature)[\w-]{0,40}["']?\s{0,4}[:=][>\s"'\\]{0,6}(?:\d{0,7}|true|false|null|none|nil|undefined|\*{1,40})$/i,
  // The start of a card number: six digits or more.
  /[2-6](?:[ -]?\d){5,17}[ -]?$/,
]

export const mayBegin = (line: string): boolean => {
  const end = neutralise(line.slice(-LOOKED_AT)).trimEnd()
  return BEGINNINGS.some(pattern => pattern.test(end))
}

// Finds passwords in URLs, `scheme://user:password@host`, also with JSON escapes.
import { HIDDEN, type Range } from '../spans.ts'

const SCHEME_END = /:(?:\\?\/){2}/g
/** Matches the text after `://`, up to a character that no URL contains. */
const RUN = /[^\s"'<>`|]{0,2048}/y

export const findUrlPasswords = (text: string, found: (kind: 'password', range: Range) => void): void => {
  for (SCHEME_END.lastIndex = 0; SCHEME_END.test(text); ) {
    const start = SCHEME_END.lastIndex
    RUN.lastIndex = start
    const [run = ''] = RUN.exec(text) ?? []
    const login = loginOf(run)
    // Without a login, this text was checked as a whole, including any other `://` in it.
    SCHEME_END.lastIndex = start + (login?.length ?? Math.max(1, run.length))
    if (login === undefined || run.slice(login.from, login.length) === HIDDEN) continue
    found('password', { start: start + login.from, end: start + login.length })
  }
}

/**
 * The login part of a URL, before the host: a user and a password, or a long user name that is itself a token. `from`:
 * the start of the secret.
 */
const loginOf = (run: string): { readonly from: number; readonly length: number } | undefined => {
  const slash = run.search(/[/?#\\]/)
  const authority = slash < 0 ? run : run.slice(0, slash)
  // A password may contain unescaped @ characters, so the last @ separates the login from the host.
  const isInside = authority.includes('@')
  const length = (isInside ? authority : run).lastIndexOf('@')
  if (length < 0) return undefined
  const [user = '', ...password] = run.slice(0, length).split(':')
  if (password.length === 0) return isInside && length >= 20 ? { from: 0, length } : undefined
  const isPort = !isInside && /^\d{1,5}(?:[/?#]|$)/.test(password.join(':'))
  return isPort ? undefined : { from: user.length + 1, length }
}

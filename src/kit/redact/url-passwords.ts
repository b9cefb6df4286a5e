// Redacts passwords in URLs, `scheme://user:password@host`, also with JSON escapes.
import type { Hide } from './hide.ts'

const SCHEME_END = /:(?:\\?\/){2}/g
/** Matches the text after `://`, up to a character that no URL contains. */
const RUN = /[^\s"'<>`|]{0,2048}/y

export const hideUrlPasswords = (text: string, hide: Hide): string => {
  let out = ''
  let at = 0
  for (SCHEME_END.lastIndex = 0; SCHEME_END.test(text); ) {
    const start = SCHEME_END.lastIndex
    RUN.lastIndex = start
    const [run = ''] = RUN.exec(text) ?? []
    const login = loginOf(run)
    if (login === undefined) {
      // This text was checked as a whole, including any other `://` in it, so the search continues after it.
      SCHEME_END.lastIndex = start + Math.max(1, run.length)
      continue
    }
    out += text.slice(at, start) + (login.user === undefined ? '' : `${login.user}:`) + hide('password')
    at = start + login.length
    SCHEME_END.lastIndex = at
  }
  return out + text.slice(at)
}

/** The login part of a URL, before the host: a user and a password, or a long user name that is itself a token. */
const loginOf = (run: string): { readonly user?: string; readonly length: number } | undefined => {
  const slash = run.search(/[/?#\\]/)
  const authority = slash < 0 ? run : run.slice(0, slash)
  // A password may contain unescaped @ characters, so the last @ separates the login from the host.
  const isInside = authority.includes('@')
  const length = (isInside ? authority : run).lastIndexOf('@')
  if (length < 0) return undefined
  const [user = '', ...password] = run.slice(0, length).split(':')
  if (password.length === 0) return isInside && length >= 20 ? { length } : undefined
  const isPort = !isInside && /^\d{1,5}(?:[/?#]|$)/.test(password.join(':'))
  return isPort ? undefined : { user, length }
}

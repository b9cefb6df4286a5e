// Decides by the name of a key whether its value is a secret.

/**
 * A key of a secret. `isWeak`: its name is also a plain word in prose and in counts. `shape`: how far its value goes
 * outside quotes: a cookie to the end of its line, an authorization over its scheme. PWD of a shell is a directory or a password.
 */
export type SecretKey = {
  readonly kind: 'password' | 'secret'
  readonly isWeak: boolean
  readonly isPlural: boolean
  readonly shape?: 'cookie' | 'authorization' | 'directory'
}

/** Characters of a key that are looked at, from its end. */
const LOOKED_AT = 128

/** Every key of a secret contains one of these. */
export const KEYISH =
  /pass|pwd|secret|token|key|auth|cookie|credential|conn|session|signature|sig|wort|cred|jwt|bearer|otp|\s--?u|identified/i

/** One word or several in one that name a secret. */
const PASSWORDS =
  /(?:password|passwd|passwort|kennwort|passphrase|passcode|pwd|(?:^|require|db|user|root|admin|mysql|pg|smtp|ldap|redis|ssh|ftp|my|key|store)pass)s?$/
const SECRETS =
  /(?:secret|masterauth|apikey|secretkey|accesskey|privatekey|authkey|signingkey|accountkey|encryptionkey|masterkey|sharedkey|sessionid|sessionkey|authtoken|accesstoken|refreshtoken|idtoken|bearertoken|connectionstring|connstring|connstr|credential|clientsecret|authcode|jwt|otp)s?$/
const WEAK = /(?:token|^auth|^authorization|^authentication|cookie|^cred|^creds|^bearer|^signature|^sig)$/
const WEAK_PLURAL = /^cookies$/

/** The word before `key`, `id`, `string` or `code` that makes it a secret. */
const KEYS: ReadonlySet<string> = new Set(
  'api access secret private auth signing account encryption master shared service ssh deploy license session storage subscription hmac crypto cipher decryption app application consumer'.split(
    ' ',
  ),
)

/** Words after a secret's name that change nothing. */
const NEUTRAL: ReadonlySet<string> = new Set(
  'value val text plain plaintext string str raw data current new old previous header base64 b64 enc hash env var bytes binary confirmation confirm repeat again 1 2'.split(
    ' ',
  ),
)

/** Words before `token` of what is no secret: pages, and requests that are made idempotent. */
const NOT_SECRET = /(?:next|page|continuation|request|idempotency|pagination|cancellation|client|sync|starting)$/

const split = (name: string): readonly string[] =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter(word => word !== '')

const known = new Map<string, SecretKey | undefined>()
const MOST_KNOWN = 4_000
const MOST_KNOWN_LENGTH = 64

/** The secret that a key names; undefined if it names none. */
export const secretKey = (name: string): SecretKey | undefined => {
  if (!KEYISH.test(name)) return undefined
  if (name.length > MOST_KNOWN_LENGTH) return judge(name.slice(-LOOKED_AT))
  if (known.has(name)) return known.get(name)
  if (known.size >= MOST_KNOWN) known.clear()
  const key = judge(name)
  known.set(name, key)
  return key
}

const judge = (name: string): SecretKey | undefined => {
  const words = [...split(name)]
  while (words.length > 1 && NEUTRAL.has(words.at(-1) ?? '') && !isPhrase(words.at(-2) ?? '', words.at(-1) ?? ''))
    words.pop()
  const last = words.at(-1) ?? ''
  const before = words.at(-2) ?? ''
  return judgeStrong(words.length, before, last) ?? judgeWeak(words.length, before, last)
}

const judgeStrong = (count: number, before: string, last: string): SecretKey | undefined => {
  // A count of tests, too.
  if (count === 1 && last === 'pass') return { kind: 'password', isWeak: true, isPlural: false }
  if (count === 1 && /^(?:old)?pwd$/.test(last))
    return { kind: 'password', isWeak: false, isPlural: false, shape: 'directory' }
  if (PASSWORDS.test(last)) return { kind: 'password', isWeak: false, isPlural: last.endsWith('words') }
  if (isPhrase(before, last)) return { kind: 'secret', isWeak: false, isPlural: last.endsWith('s') }
  return SECRETS.test(last) ? { kind: 'secret', isWeak: last === 'otp', isPlural: last.endsWith('s') } : undefined
}

const judgeWeak = (count: number, before: string, last: string): SecretKey | undefined => {
  if (last === 'tokens') return /^(?:access|refresh|auth|api|bearer|session)$/.test(before) ? strong : undefined
  if (!(WEAK.test(last) || WEAK_PLURAL.test(last)) || (last === 'token' && NOT_SECRET.test(before))) return undefined
  const shape = last.startsWith('cookie') ? 'cookie' : last.startsWith('authori') ? 'authorization' : undefined
  return { kind: 'secret', isWeak: count === 1 || shape !== undefined, isPlural: false, ...(shape && { shape }) }
}

const strong: SecretKey = { kind: 'secret', isWeak: false, isPlural: true }

/** Two words that name a secret together, such as `api key`, `session id` and `connection string`. */
const isPhrase = (before: string, last: string): boolean => {
  if (last === 'key' || last === 'keys') return KEYS.has(before)
  if (last === 'id') return before === 'session' || before === 'secret'
  return /^(?:connection|conn)s?$/.test(before) && /^(?:strings?|str)$/.test(last)
}

/** Whether the word may be the end of a key of two words, such as `api key`. */
export const endsPhrase = (word: string): boolean => /^(?:keys?|id|string)$/i.test(word)

/** Keys under which one object names another value: `{"name": "DB_PASSWORD", "value": …}`. */
export const NAMING: ReadonlySet<string> = new Set(['name', 'key', 'header', 'field', 'variable', 'parameter', 'k'])
export const VALUED: ReadonlySet<string> = new Set(['value', 'val', 'v', 'content', 'data', 'default', 'plaintext'])

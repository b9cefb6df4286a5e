// Decides from the name of a key whether the key's value is a secret.

/**
 * A key that names a secret. `isWeak`: whether the name is also a plain word in prose or in counts. `shape`: where a
 * value without quotes ends: the value of `cookie` extends to the end of its line; that of `authorization` includes the
 * scheme and the token. `directory`: the key is `PWD` or `OLDPWD`, whose value is a directory in a shell, but may be a
 * password.
 */
export type SecretKey = {
  readonly kind: 'password' | 'secret'
  readonly isWeak: boolean
  readonly isPlural: boolean
  readonly shape?: 'cookie' | 'authorization' | 'directory'
}

/** The number of characters at the end of a long key that are checked. */
const LOOKED_AT = 128

/** Matches at least a part of every key that names a secret. */
export const KEYISH =
  /pass|pwd|secret|token|key|auth|cookie|credential|conn|session|signature|sig|wort|cred|jwt|bearer|otp|\s--?u|identified/i

/** Matches a word that names a password, also a compound without separators such as `dbpass`. */
const PASSWORDS =
  /(?:password|passwd|passwort|kennwort|passphrase|passcode|pwd|(?:^|require|db|user|root|admin|mysql|pg|smtp|ldap|redis|ssh|ftp|my|key|store)pass)s?$/
const SECRETS =
  /(?:secret|masterauth|apikey|secretkey|accesskey|privatekey|authkey|signingkey|accountkey|encryptionkey|masterkey|sharedkey|sessionid|sessionkey|authtoken|accesstoken|refreshtoken|idtoken|bearertoken|connectionstring|connstring|connstr|credential|clientsecret|authcode|jwt|otp)s?$/
const WEAK = /(?:token|^auth|^authorization|^authentication|cookie|^cred|^creds|^bearer|^signature|^sig)$/
const WEAK_PLURAL = /^cookies$/

/** Words that name a secret together with a following `key`, such as `api` in `api key`. */
const KEYS: ReadonlySet<string> = new Set(
  'api access secret private auth signing account encryption master shared service ssh deploy license session storage subscription hmac crypto cipher decryption app application consumer'.split(
    ' ',
  ),
)

/** Words at the end of a key that do not change what the key names, such as `value` in `password value`. */
const NEUTRAL: ReadonlySet<string> = new Set(
  'value val text plain plaintext string str raw data current new old previous header base64 b64 enc hash env var bytes binary confirmation confirm repeat again 1 2'.split(
    ' ',
  ),
)

/** Matches words that make a following `token` harmless: tokens of pagination and idempotency tokens are no secrets. */
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

/** The kind of secret that a key names; undefined if the key does not name a secret. */
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
  // `pass` may also be a count of passed tests.
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

/** Whether two words together name a secret, such as `api key`, `session id` and `connection string`. */
const isPhrase = (before: string, last: string): boolean => {
  if (last === 'key' || last === 'keys') return KEYS.has(before)
  if (last === 'id') return before === 'session' || before === 'secret'
  return /^(?:connection|conn)s?$/.test(before) && /^(?:strings?|str)$/.test(last)
}

/** Whether a word may be the second word of a key such as `api key`. */
export const endsPhrase = (word: string): boolean => /^(?:keys?|id|string)$/i.test(word)

/** Keys of an object whose value names another value of the same object: `{"name": "DB_PASSWORD", "value": …}`. */
export const NAMING: ReadonlySet<string> = new Set(['name', 'key', 'header', 'field', 'variable', 'parameter', 'k'])
export const VALUED: ReadonlySet<string> = new Set(['value', 'val', 'v', 'content', 'data', 'default', 'plaintext'])

// Decides which values of a secret's key are not secrets: states, counts, places and placeholders.
import type { SecretKey } from './keys.ts'

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

/** Values and first words of values that describe a secret without revealing it. */
const STATES = words(
  `true false null none nil undefined yes no on off empty blank missing required optional invalid valid incorrect wrong
  expired expires expiring revoked rejected accepted denied failed failure failing success successful succeeded ok okay
  unknown unset set notset unchanged changed change updated rotated rotating created deleted removed refreshed
  refreshing issued verified unverified verifying validated validation verification authenticated unauthenticated authorized unauthorized
  enabled disabled active inactive pending available unavailable found not must should may can cannot could will would
  is was are were has have had does did for from of in at to by with without and or but if the this that too only was
  please enter use using provide check checking loading loaded reading read see mismatch matched matches malformed
  redacted filtered hidden masked omitted removed secret protected encrypted string number boolean str int object any bool
  include omit same-origin default auto basic bearer digest ntlm negotiate kerberos ldap oauth oauth2 saml oidc jwt
  iam mtls tls ssl sasl scram scram-sha-256 scram-sha-1 md5 plain trust peer ident cert error errors nan n/a
  unexpected punc eof identifier reset resetting forgotten forgot generated generating retrieved fetching fetched acquired
  could couldn't can't cannot doesn't didn't isn't wasn't hasn't`,
)

const PLACEHOLDER =
  /^(?:\*+|x{3,}|X{3,}|\.{2,}|-+|‹hidden›|\$\{[^}]{0,100}\}|\$\([^)]{0,100}\)|\$[A-Z_]{0,40}(?:PASS|PWD|SECRET|TOKEN|KEY|CRED|AUTH)[A-Z0-9_]{0,40}|\{\{.{0,100}\}\}|%\(?\w{0,80}\)?s|<[^<>]{0,80}>|\[[A-Za-z _-]{0,80}\]|\(?(?:redacted|filtered|masked|hidden|removed|none|null|empty|set|unset)\)?)$/i
const ARN = /^arn:aws[\w-]*:[a-z0-9-]*:/
/** Matches the id of an SSM session. The id only identifies a session: nobody can open the session with it. */
const SSM_SESSION = /^ecs-execute-command-[a-z0-9]{8,40}$/
const MEASURE = /^[+-]?\d{1,10}(?:\.\d{1,6})?(?:ns|us|µs|ms|s|m|h|d|k|b|kb|mb|gb|%|bytes|sec|seconds|tokens)?$/i
const COUNT = /^\d{1,7}$/
const URL = /^[a-z][a-z0-9+.-]{1,20}:\/\/[^\s@]{0,2000}$/i
const PATH = /^(?:~|\.{1,2})?(?:\/[a-z0-9._-]{1,40}){1,12}$/
const PLAIN_WORD = /^[a-z]{1,20}$/i
const TIME = /^(?:\d{4}-\d\d-\d\d(?:[T ].{0,40})?|\d{1,2}:\d\d(?::\d\d.{0,12})?)$/
const MOST_LOOKED_AT = 2_100

const isWord = (value: string): boolean => STATES.has(value.toLowerCase().replace(/[.,;:!?]+$/, ''))

/** Whether the complete value of a secret's key is not a secret. */
export const isHarmless = (value: string, key: SecretKey): boolean => {
  if (value.length > MOST_LOOKED_AT) return false
  const text = value.trim()
  if (text === '' || isWord(text) || PLACEHOLDER.test(text) || ARN.test(text) || SSM_SESSION.test(text)) return true
  if (key.shape === 'directory' && (text === '/' || PATH.test(text))) return true
  if (key.kind === 'password' && !key.isWeak) return false
  if (key.isPlural || key.isWeak) if (COUNT.test(text) || MEASURE.test(text)) return true
  return key.isWeak ? TIME.test(text) || isPlace(text) : isPlace(text)
}

const isPlace = (text: string): boolean => URL.test(text) || (PATH.test(text) && !/\d{3}/.test(text))

/**
 * Whether text after `key: ` is prose. `value`: its first word. `rest`: the text after it, to the end of its line.
 */
export const isProse = (value: string, rest: string, key: SecretKey): boolean => {
  if (isWord(value)) return true
  if (!key.isWeak || !PLAIN_WORD.test(value)) return false
  return /^[ \t]+\(?[a-z]{2,}/i.test(rest) || /^[ \t]+\(/.test(rest)
}

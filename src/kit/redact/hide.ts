// The kinds of secrets, and the callback that redaction rules call for each one.

/** The kind of a hidden secret, as the footer of a message shows it. */
export type Kind =
  | 'AWS key'
  | 'AWS session token'
  | 'card number'
  | 'e-mail address'
  | 'JWT'
  | 'own pattern'
  | 'password'
  | 'private key'
  | 'secret'
  | 'token'

/** A callback for each secret found; it returns the replacement text. */
export type Hide = (kind: Kind) => string

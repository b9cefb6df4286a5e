// The kinds of secret that are hidden, and the function that each rule calls for one.

/** What was hidden, in the words of a footer. */
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

/** Called for each thing that is hidden; gives what stands in its place. */
export type Hide = (kind: Kind) => string

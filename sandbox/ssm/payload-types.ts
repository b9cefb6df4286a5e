// The payload types of Session Manager's stream messages.

export const OUTPUT = 1
export const SIZE = 3
export const HANDSHAKE_REQUEST = 5
export const HANDSHAKE_RESPONSE = 6
export const HANDSHAKE_COMPLETE = 7
export const CHALLENGE_REQUEST = 8
export const CHALLENGE_RESPONSE = 9

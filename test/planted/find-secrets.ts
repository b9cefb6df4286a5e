// Looks for many secrets in much text, in one pass: four bytes of each secret are looked up at every position of the text.

export type Secret = { readonly kind: SecretKind; readonly value: string }

export type SecretKind =
  | 'signing secret'
  | 'bot token'
  | 'environment value'
  | 'log line'
  | 'AWS secret key'
  | 'AWS session token'
  | 'SSM session token'
  | 'response URL'

/** Shorter values could be part of other text. */
const SHORTEST = 12
/** Behind the beginnings that secrets of one kind share. */
const FROM_END = 8

const SLOTS = 1 << 18
const slotOf = (four: number): number => Math.imul(four, 0x9e37_79b1) >>> 14

type Entry = { readonly secret: Secret; readonly bytes: Buffer; readonly four: number }

/** As it is, and as part of a URL. */
const entriesOf = (secret: Secret): readonly Entry[] => {
  if (secret.value.length < SHORTEST) throw new Error(`a ${secret.kind} is too short to look for`)
  return [...new Set([secret.value, encodeURIComponent(secret.value)])].map(text => {
    const bytes = Buffer.from(text)
    return { secret, bytes, four: bytes.readInt32LE(bytes.length - FROM_END) }
  })
}

export type Finder = (text: Buffer) => readonly Secret[]

export const createFinder = (secrets: readonly Secret[]): Finder => {
  const entries = new Map<number, Entry[]>()
  const marked = new Uint8Array(SLOTS)
  for (const entry of secrets.flatMap(entriesOf)) {
    entries.set(entry.four, [...(entries.get(entry.four) ?? []), entry])
    marked[slotOf(entry.four)] = 1
  }
  return text => {
    const found = new Set<Secret>()
    let four = 0
    for (let at = 0; at < text.length; at += 1) {
      four = (four >>> 8) | ((text[at] as number) << 24)
      if (marked[slotOf(four)] === 0) continue
      for (const { secret, bytes } of entries.get(four) ?? []) {
        const from = at - 3 - (bytes.length - FROM_END)
        if (from >= 0 && text.subarray(from, from + bytes.length).equals(bytes)) found.add(secret)
      }
    }
    return [...found]
  }
}

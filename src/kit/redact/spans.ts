// Ranges of a text that contain secrets, and the replacement of secrets.

/** The text that replaces a secret. */
export const HIDDEN = '‹hidden›'

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

/** A range of a text. `start`: inclusive. `end`: exclusive. */
export type Range = { readonly start: number; readonly end: number }
/**
 * The range of a secret. `isBare`: whether the secret is a JSON value without quotes; its replacement then gets quotes.
 * `isRest`: whether the range continues a secret of an earlier line, where the secret was already counted.
 */
export type Span = Range & { readonly kind: Kind; readonly isBare?: boolean; readonly isRest?: boolean }

export type Hidden = Readonly<Partial<Record<Kind, number>>>
export type Redacted = { readonly text: string; readonly hidden: Hidden }

/** Sorts spans and joins overlapping ones. A joined span has the kind of the longest of its parts. */
export const joinSpans = (spans: readonly Span[]): readonly Span[] => {
  if (spans.length < 2) return spans
  const joined: Span[] = []
  let longest = 0
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = joined.at(-1)
    const length = span.end - span.start
    if (last === undefined || span.start >= last.end) {
      joined.push(span)
      longest = length
      continue
    }
    const { kind, isBare = false } = length > longest ? span : last
    longest = Math.max(longest, length)
    const isRest = (span.isRest ?? false) || (last.isRest ?? false)
    joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, span.end), kind, isBare, isRest }
  }
  return joined
}

/** Replaces the secrets in a text. `spans`: sorted, without overlaps. */
export const hideSpans = (text: string, spans: readonly Span[]): Redacted => {
  if (spans.length === 0) return { text, hidden: {} }
  let out = ''
  let at = 0
  const hidden: Partial<Record<Kind, number>> = {}
  for (const { start, end, kind, isBare, isRest } of spans) {
    out += text.slice(at, start) + (isBare ? `"${HIDDEN}"` : HIDDEN)
    at = end
    if (!isRest) hidden[kind] = (hidden[kind] ?? 0) + 1
  }
  return { text: out + text.slice(at), hidden }
}

export const addHidden = (all: readonly Hidden[]): Hidden => {
  const sum: Partial<Record<Kind, number>> = {}
  for (const hidden of all)
    for (const [kind, count] of Object.entries(hidden) as [Kind, number][]) sum[kind] = (sum[kind] ?? 0) + count
  return sum
}

// Redacts the fields of a value that contain free text from AWS or people: reasons, causes, messages. Names and numbers
// are kept.
import { type RedactOptions, redact } from './redact.ts'

/** The names of fields that contain sentences. */
const FREE_TEXT: ReadonlySet<string> = new Set([
  'reason',
  'reasons',
  'stoppedReason',
  'rolloutReason',
  'statusReason',
  'message',
  'errorMessage',
  'cause',
  'detail',
  'why',
  'text',
  'words',
  'also',
  'latestDescription',
])

/** The maximum depth to which values are searched. AWS returns no deeper values. */
const MAX_DEPTH = 12

/** Returns the value with its free text redacted; returns the same object if nothing was hidden. */
export const redactFields = <T>(value: T, options: RedactOptions = {}): T => clean(value, options, 0, false) as T

const clean = (value: unknown, options: RedactOptions, depth: number, isText: boolean): unknown => {
  if (typeof value === 'string') return isText ? redact(value, options).text : value
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map(one => clean(one, options, depth + 1, isText))
    return items.some((one, nth) => one !== value[nth]) ? items : value
  }
  if (value instanceof Map) {
    const entries = [...value].map(([key, one]) => [key, clean(one, options, depth + 1, false)] as const)
    return entries.some(([key, one]) => one !== value.get(key)) ? new Map(entries) : value
  }
  return cleanObject(value, options, depth)
}

const cleanObject = (value: object, options: RedactOptions, depth: number): object => {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  let changed: Record<string, unknown> | undefined
  for (const [key, one] of Object.entries(value)) {
    const cleaned = clean(one, options, depth + 1, FREE_TEXT.has(key))
    if (cleaned === one) continue
    changed ??= { ...value }
    changed[key] = cleaned
  }
  return changed ?? value
}

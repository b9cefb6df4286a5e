// Redacts the free text in everything that readers return. Log lines are redacted as streams, where they are shown.
import { redactFields } from '../../kit/redact/free-text.ts'
import type { RedactOptions } from '../../kit/redact/redact.ts'

/** Log lines, and definitions that are registered again as they are. */
const AS_THEY_ARE: ReadonlySet<string> = new Set(['logLines', 'liveTail', 'definitionBase', 'calls'])

type Reader = (...args: readonly never[]) => unknown

/** Wraps each reader. Errors of AWS are redacted where they are translated. */
export const redactReaders = <T extends object>(readers: T, options: RedactOptions): T =>
  Object.fromEntries(
    Object.entries(readers).map(([name, read]) =>
      typeof read !== 'function' || AS_THEY_ARE.has(name) ? [name, read] : [name, redacted(read as Reader, options)],
    ),
  ) as T

const redacted =
  (read: Reader, options: RedactOptions): Reader =>
  (...args) => {
    const answer = read(...args)
    return answer instanceof Promise
      ? answer.then(found => redactFields(found, options))
      : redactFields(answer, options)
  }

// Redacts the free text in the results of all readers. Log lines are redacted later, as streams, when they are shown.
import { redactFields } from '../../kit/redact/free-text.ts'
import type { RedactOptions } from '../../kit/redact/redact.ts'

/**
 * The readers whose results are not redacted here: log lines, and task definitions that are registered again unchanged.
 */
const AS_THEY_ARE: ReadonlySet<string> = new Set(['logLines', 'liveTail', 'definitionBase', 'calls'])

type Reader = (...args: readonly never[]) => unknown

/** Wraps each reader. Errors from AWS are redacted elsewhere, where they are translated. */
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

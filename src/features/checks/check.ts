// What a check is, and how many of them become a list of flaws: the worst first.

import { SEVERITIES, type Severity } from '../../kit/language/severity.ts'

/** What is said of a check whatever it found. `ECS.5` and the like are Security Hub's controls; the others are our own. */
type Rule = {
  readonly id: string
  readonly severity: Severity
  /** What is wrong, in a few words. */
  readonly title: string
  readonly why: string
  readonly fix: string
}

export type Check<Subject> = Rule & {
  /** What was seen that should not be; nothing when it passes. */
  readonly seen: (subject: Subject) => readonly string[]
  /** What the fix would break here. */
  readonly conflict?: (subject: Subject) => string | undefined
}

/** `where`: the name of the service or the cluster. */
export type Sighting = { readonly where: string; readonly what: readonly string[] }

/** A check that did not pass, with everything that it was seen at. */
export type Flaw = Rule & { readonly sightings: readonly Sighting[]; readonly conflicts: readonly Conflict[] }

/** What the fix would break, and at which of them. */
type Conflict = { readonly text: string; readonly at: readonly string[] }

export type Named<Subject> = { readonly where: string; readonly subject: Subject }

export const flawsOf = <Subject>(
  checks: readonly Check<Subject>[],
  subjects: readonly Named<Subject>[],
): readonly Flaw[] =>
  checks.flatMap(({ seen, conflict, ...rule }) => {
    const failing = subjects
      .map(({ where, subject }) => ({ where, subject, what: seen(subject) }))
      .filter(({ what }) => what.length > 0)
    if (failing.length === 0) return []
    const sightings = failing.map(({ where, what }) => ({ where, what }))
    return [{ ...rule, sightings, conflicts: conflict === undefined ? [] : conflictsOf(conflict, failing) }]
  })

const conflictsOf = <Subject>(
  conflict: (subject: Subject) => string | undefined,
  failing: readonly Named<Subject>[],
): readonly Conflict[] => {
  const at = new Map<string, string[]>()
  for (const { where, subject } of failing) {
    const text = conflict(subject)
    if (text !== undefined) at.set(text, [...(at.get(text) ?? []), where])
  }
  return [...at].map(([text, wheres]) => ({ text, at: wheres }))
}

const rank = ({ severity }: Rule): number => SEVERITIES.indexOf(severity)

export const worstFirst = (flaws: readonly Flaw[]): readonly Flaw[] => flaws.toSorted((a, b) => rank(a) - rank(b))

/** Those of this severity, and worse ones. */
export const atLeast = (severity: Severity, flaws: readonly Flaw[]): readonly Flaw[] =>
  flaws.filter(flaw => rank(flaw) <= SEVERITIES.indexOf(severity))

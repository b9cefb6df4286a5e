// The type of a check, and the function that turns failed checks into a list of findings, the most severe first.

import { SEVERITIES, type Severity } from '../../kit/language/severity.ts'

/** The identity and texts of a check. Ids such as `ECS.5` are Security Hub controls; the others are our own. */
type Rule = {
  readonly id: string
  readonly severity: Severity
  /** A few words that name the problem. */
  readonly title: string
  readonly why: string
  readonly fix: string
}

export type Check<Subject> = Rule & {
  /** The evidence of the problem; empty if the check passes. */
  readonly seen: (subject: Subject) => readonly string[]
  /** What the fix would break for this service or cluster. */
  readonly conflict?: (subject: Subject) => string | undefined
}

/** The evidence for one service or cluster. `where`: its name. */
export type Sighting = { readonly where: string; readonly what: readonly string[] }

/** A check that failed, with each service or cluster that fails it. */
export type Flaw = Rule & { readonly sightings: readonly Sighting[]; readonly conflicts: readonly Conflict[] }

/** What the fix would break, and the names of the services or clusters in which it would break something. */
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

/** The findings of the given severity or a higher one. */
export const atLeast = (severity: Severity, flaws: readonly Flaw[]): readonly Flaw[] =>
  flaws.filter(flaw => rank(flaw) <= SEVERITIES.indexOf(severity))

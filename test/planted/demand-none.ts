// Fails where a planted secret was kept, and names the place, never the secret.
import { EXEMPT } from './exemptions.ts'
import { createFinder, type Secret } from './find-secrets.ts'
import type { Place } from './places.ts'

const MOST_SHOWN = 20

type Options = { readonly hasEarlierVersion?: boolean }

export const leaksIn = (
  places: readonly Place[],
  secrets: readonly Secret[],
  { hasEarlierVersion = false }: Options = {},
): readonly string[] => {
  const exempt = EXEMPT.filter(({ isEarlierVersion = false }) => hasEarlierVersion || !isEarlierVersion)
  const find = createFinder(secrets)
  const bytesOf = ({ text }: Place): Buffer => (typeof text === 'string' ? Buffer.from(text) : text)
  const leaks = places.flatMap(place =>
    find(bytesOf(place))
      .filter(({ kind }) => !exempt.some(({ secret, place: where }) => secret === kind && where === place.kind))
      .map(({ kind, value }) => `${kind} in ${place.kind}: ${place.where.replaceAll(value, '‹secret›')}`),
  )
  return [...new Set(leaks)]
}

export const demandNone = (places: readonly Place[], secrets: readonly Secret[], options?: Options): void => {
  const leaks = leaksIn(places, secrets, options)
  if (leaks.length === 0) return
  const more = leaks.length > MOST_SHOWN ? [`and ${leaks.length - MOST_SHOWN} more`] : []
  throw new Error(['Secrets were kept:', ...leaks.slice(0, MOST_SHOWN), ...more].join('\n'))
}

// Checks the digests of quarterdeck.yaml: their names, crons, places and owners.

import type { ConfigFile, Issue } from './config-schema.ts'

/** `isCron`: whether an expression ever runs. */
export const badDigests = (
  { digests = [], accounts, onCall }: ConfigFile,
  isCron: (expression: string) => boolean,
): readonly Issue[] =>
  digests.flatMap(({ name, cron, places = [], owners }, at) => [
    ...(digests.findIndex(other => other.name === name) === at
      ? []
      : [{ path: ['digests', at, 'name'], message: `is the name of another digest, too: ${name}` }]),
    ...(isCron(cron) ? [] : [{ path: ['digests', at, 'cron'], message: 'is not a cron that ever runs' }]),
    ...((owners ?? onCall) === undefined
      ? [{ path: ['digests', at], message: 'names no `owners`, and there is no `onCall`' }]
      : []),
    ...places.flatMap(place =>
      placeIssues(place, accounts).map(message => ({ path: ['digests', at, 'places'], message })),
    ),
  ])

const placeIssues = (place: string, accounts: ConfigFile['accounts']): readonly string[] => {
  const [, account = '', region] = /^([a-z0-9-]+)(?:\.([a-z0-9-]+))?/.exec(place) ?? []
  if (!Object.hasOwn(accounts, account)) return [`names ${account}, which is not under \`accounts\``]
  return region === undefined || accounts[account]?.regions.includes(region)
    ? []
    : [`names ${region}, which is not a region of ${account}`]
}

// Reads the health of VPC Lattice targets, with one call for each target group.
import { ListTargetsCommand, VPCLatticeClient } from '@aws-sdk/client-vpc-lattice'
import type { Readers } from '../../commands/readers.ts'
import type { Config } from '../../engine/rules/config.ts'
import { accountOf } from '../../model/account.ts'
import { pages } from './ecs/pages.ts'
import { shortName } from './ecs/tasks.ts'
import type { Sessions } from './identity/sessions.ts'
import { askAws } from './translate.ts'

/** The page size: at most 100 targets (VPC Lattice API reference, ListTargets). */
const PAGE = 100
/** The maximum number of target groups that are read. */
const MOST_GROUPS = 5

export const createLatticeHealth = (config: Config, sessions: Sessions): Readers['latticeHealth'] => {
  const clientFor = sessions.each(settings => new VPCLatticeClient(settings))
  return (ref, groups) =>
    askAws(`reading the VPC Lattice targets of ${ref.service}`, async () => {
      if (groups.length === 0) return []
      const client = await clientFor(accountOf(config, ref), ref.region)
      return Promise.all(
        groups.slice(0, MOST_GROUPS).map(async targetGroupIdentifier => {
          const targets = await pages(async nextToken => {
            const { items = [], nextToken: next } = await client.send(
              new ListTargetsCommand({
                targetGroupIdentifier,
                maxResults: PAGE,
                ...(nextToken !== undefined && { nextToken }),
              }),
            )
            return { items, next }
          })
          return {
            group: shortName(targetGroupIdentifier),
            targets: targets.map(({ id = '', status = 'UNAVAILABLE', reasonCode }) => ({
              id,
              state: status.toLowerCase(),
              ...(reasonCode !== undefined && { why: reasonCode }),
            })),
          }
        }),
      )
    })
}

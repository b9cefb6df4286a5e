// /ecs status: one service at a glance.
import type { Rendered } from '../command.ts'
import type { Deployment, Service } from '../model.ts'
import { context, cut, date, list, literal, plain, richText, section } from './markup.ts'

export const renderStatus = (service: Service): Rendered => {
  const { ref, desired, running, pending } = service
  const head = `*${ref.service}* ${healthOf(service)}: ${running} of ${desired} running${pending > 0 ? `, ${pending} pending` : ''}`
  const events = service.events.slice(0, 3)
  return {
    text: plain(head),
    blocks: [
      richText(section(head)),
      scope(ref),
      richText(
        list([
          `Task definition \`${service.taskDefinition}\``,
          `Capacity ${service.capacity}`,
          ...service.deployments.map(deployment),
        ]),
      ),
      ...(events.length === 0
        ? []
        : [
            richText(
              ...events.map(({ at, message }) => section(date(at, '{time}'), literal(`  ${cut(message, 300)}\n`))),
            ),
          ]),
    ],
  }
}

/** Where it is: account, region, cluster. */
export const scope = (ref: Service['ref']) => context(`${placeWords(ref)} · ${ref.cluster}`)

export const placeWords = ({ account, accountId, region }: Pick<Service['ref'], 'account' | 'accountId' | 'region'>) =>
  `${account} ${accountId.replace(/^(\d{4})(\d{4})(\d{4})$/, '$1-$2-$3')} · ${region}`

const healthOf = ({ status, desired, running, deployments }: Service): string => {
  if (status !== 'ACTIVE') return status.toLowerCase()
  if (deployments.some(({ rolloutState }) => rolloutState === 'FAILED')) return 'has a failed deployment'
  if (deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS')) return 'is deploying'
  if (desired === 0) return 'is stopped'
  return running === desired ? 'is steady' : 'is not at its count'
}

const deployment = ({ status, rolloutState, running, desired, failed, taskDefinition }: Deployment): string =>
  `Deployment ${status.toLowerCase()} \`${taskDefinition}\`: ${running}/${desired}${failed > 0 ? `, ${failed} failed` : ''}` +
  `${rolloutState === undefined ? '' : `, ${rolloutState.toLowerCase().replace('_', ' ')}`}`

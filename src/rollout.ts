// How far the deployment is that a plan began: of the service's primary deployment, told from the one before it.
import type { Progress } from './command.ts'
import type { Deployment, Service } from './model.ts'
import type { Readers } from './ports.ts'

export const primaryOf = ({ deployments }: Pick<Service, 'deployments'>): Deployment | undefined =>
  deployments.find(({ status }) => status === 'PRIMARY')

/** `before`: the id of the deployment that was there when it was planned. */
export const rolloutProgress = (service: Service, before: unknown): Progress => {
  const ours = primaryOf(service)
  if (ours === undefined || ours.id === before) return { status: 'moving', text: 'the deployment has not begun' }
  const counts = `${ours.running}/${service.desired} new tasks running`
  if (ours.rolloutState === 'FAILED')
    return { status: 'failed', text: `${counts}.`, details: [ours.rolloutReason ?? 'ECS gave no reason.'] }
  if (ours.rolloutState === 'COMPLETED') return { status: 'done', text: `${counts}.` }
  const failed = ours.failed > 0 ? `, ${ours.failed} failed` : ''
  return {
    status: 'moving',
    text: `${counts}${failed}`,
    share: service.desired === 0 ? 0 : Math.min(1, ours.running / service.desired),
  }
}

/** When it looks done, or not like ours any more, ECS may have rolled it back meanwhile: its history tells. */
export const unlessRolledBack = async (progress: Progress, { ref }: Service, read: Readers): Promise<Progress> => {
  if (progress.status !== 'done' && progress.status !== 'superseded') return progress
  const [last] = await read.deployments(ref, 1)
  if (last?.rollback === undefined) return progress
  return { status: 'failed', text: 'ECS rolled it back.', details: [last.rollback.reason] }
}

// Creates the readers of services and their tasks from Amazon ECS.
import { ECSClient } from '@aws-sdk/client-ecs'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { loadProtectedTasks, loadStoppedTasks, loadTask, loadTaskOwners, loadTaskVcpus } from './load-tasks.ts'
import { describeService, describeServices, listServices, readService } from './services.ts'

type EcsReaders = Pick<
  Readers,
  'servicesIn' | 'service' | 'servicesOf' | 'taskOwners' | 'task' | 'stoppedTasks' | 'protectedTasks'
> & {
  /** Reads the vCPUs of one running Fargate task of the service; undefined if the service has none. */
  readonly taskVcpus: (ref: ServiceRef) => Promise<number | undefined>
}

export const createEcsReaders = (config: Config, sessions: Sessions): EcsReaders => {
  const clientFor = sessions.each(settings => new ECSClient(settings))
  const clientOf = (ref: ServiceRef) => clientFor(accountOf(config, ref), ref.region)
  return {
    servicesIn: async (account, region) => {
      const client = await clientFor(account, region)
      return askAws(`listing services of ${account.name} in ${region}`, () => listServices(client, account, region))
    },
    service: ref =>
      askAws(`reading ${ref.service}`, async () => {
        const service = await describeService(await clientOf(ref), ref)
        return service && readService(ref, service)
      }),
    servicesOf: async refs => {
      const placeOf = ({ accountId, region, cluster }: ServiceRef) => `${accountId}/${region}/${cluster}`
      const firsts = refs.filter((ref, at) => refs.findIndex(one => placeOf(one) === placeOf(ref)) === at)
      const read = await Promise.all(
        firsts.map(first =>
          askAws(`reading services of ${first.cluster}`, async () =>
            describeServices(
              await clientOf(first),
              refs.filter(ref => placeOf(ref) === placeOf(first)),
            ),
          ),
        ),
      )
      return read.flat()
    },
    taskOwners: (ref, id) =>
      askAws(`looking for the task ${id}`, async () => loadTaskOwners(await clientOf(ref), ref, id)),
    task: (ref, id) =>
      askAws(`reading the task ${id.split('/').at(-1)}`, async () => loadTask(await clientOf(ref), ref, id)),
    stoppedTasks: ref =>
      askAws(`reading the tasks of ${ref.service}`, async () => loadStoppedTasks(await clientOf(ref), ref)),
    taskVcpus: ref => askAws(`reading a task of ${ref.service}`, async () => loadTaskVcpus(await clientOf(ref), ref)),
    protectedTasks: ref =>
      askAws(`reading the protection of ${ref.service}'s tasks`, async () =>
        loadProtectedTasks(await clientOf(ref), ref),
      ),
  }
}

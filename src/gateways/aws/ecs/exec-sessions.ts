// Lists open ECS Exec sessions from Session Manager, with their services and containers from Amazon ECS.
import { ECSClient, type Task } from '@aws-sdk/client-ecs'
import { DescribeSessionsCommand, type Session, SSMClient } from '@aws-sdk/client-ssm'
import type { Readers } from '../../../commands/readers.ts'
import type { LiveSession } from '../../../features/exec/site.ts'
import type { Account } from '../../../model/account.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { describeTasks } from './load-tasks.ts'
import { pages } from './pages.ts'
import { iso, shortName } from './tasks.ts'

/** The page size: 200 (SSM API reference, DescribeSessions). */
const PAGE = 200

export const createSessionsReader = (sessions: Sessions): Readers['execSessions'] => {
  const ssmFor = sessions.each(settings => new SSMClient(settings))
  const ecsFor = sessions.each(settings => new ECSClient(settings))
  return (account, region) =>
    askAws(`reading the sessions of ${account.name} in ${region}`, async () => {
      const open = await readOpen(await ssmFor(account, region))
      const clusters = [...new Set(open.map(({ cluster }) => cluster))]
      const client = clusters.length === 0 ? undefined : await ecsFor(account, region)
      const tasks = await Promise.all(
        clusters.map(async cluster => {
          const named = [...new Set(open.filter(one => one.cluster === cluster).map(({ task }) => task))]
          return client === undefined ? [] : describeTasks(client, cluster, named)
        }),
      )
      const byId = new Map(tasks.flat().map(task => [shortName(task.taskArn), task]))
      return open.flatMap(one => liveOf(one, byId.get(one.task), account, region))
    })
}

type Open = { readonly session: Session; readonly cluster: string; readonly task: string; readonly runtime: string }

/** Reads the account's active sessions whose target is a container. */
const readOpen = async (client: SSMClient): Promise<readonly Open[]> => {
  const sessions = await readActive(client)
  return sessions.flatMap(session => {
    const [, cluster, task, runtime] = /^ecs:(.+)_([0-9a-f]{32})_([\w-]+)$/.exec(session.Target ?? '') ?? []
    return cluster === undefined || task === undefined || runtime === undefined
      ? []
      : [{ session, cluster, task, runtime }]
  })
}

/** Reads all active sessions of the account and region. `target`: reads only the sessions of this target. */
export const readActive = (client: SSMClient, target?: string): Promise<readonly Session[]> =>
  pages(async NextToken => {
    const { Sessions = [], NextToken: next } = await client.send(
      new DescribeSessionsCommand({
        State: 'Active',
        MaxResults: PAGE,
        ...(target !== undefined && { Filters: [{ key: 'Target', value: target }] }),
        ...(NextToken !== undefined && { NextToken }),
      }),
    )
    return { items: Sessions, next }
  })

/** Returns the session with its service and container, as a list of one; an empty list if no service started the task. */
const liveOf = (
  { session, cluster, task, runtime }: Open,
  found: Task | undefined,
  account: Account,
  region: string,
): readonly LiveSession[] => {
  const [, service] = /^service:(.+)$/.exec(found?.group ?? '') ?? []
  const [partition = 'aws'] = found?.taskArn?.split(':').slice(1) ?? []
  if (service === undefined) return []
  const arn = `arn:${partition}:ecs:${region}:${account.id}:service/${cluster}/${service}`
  return [
    {
      id: session.SessionId ?? '',
      ref: { account: account.name, accountId: account.id, region, cluster, service, arn },
      task,
      container: found?.containers?.find(one => one.runtimeId === runtime)?.name ?? '?',
      startedAt: iso(session.StartDate),
    },
  ]
}

// Lists open ECS Exec sessions from Session Manager, with their services and containers from Amazon ECS.
import { DescribeTasksCommand, ECSClient, type Task } from '@aws-sdk/client-ecs'
import { DescribeSessionsCommand, type Session, SSMClient } from '@aws-sdk/client-ssm'
import type { Readers } from '../../../commands/readers.ts'
import type { LiveSession } from '../../../features/exec/site.ts'
import type { Account } from '../../../model/account.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { iso, shortName } from './tasks.ts'

/** The page size: 200 (SSM API reference, DescribeSessions). */
const PAGE = 200
const MOST_PAGES = 5
/** The maximum number of tasks in one call (ECS API reference, DescribeTasks). */
const MOST_TASKS = 100

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
          const input = { cluster, tasks: named.slice(0, MOST_TASKS) }
          return (await client?.send(new DescribeTasksCommand(input)))?.tasks ?? []
        }),
      )
      const byId = new Map(tasks.flat().map(task => [shortName(task.taskArn), task]))
      return open.flatMap(one => liveOf(one, byId.get(one.task), account, region))
    })
}

type Open = { readonly session: Session; readonly cluster: string; readonly task: string; readonly runtime: string }

/** Reads the account's active sessions whose target is a container. */
const readOpen = async (client: SSMClient): Promise<readonly Open[]> => {
  const open: Open[] = []
  let NextToken: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await client.send(
      new DescribeSessionsCommand({ State: 'Active', MaxResults: PAGE, ...(NextToken !== undefined && { NextToken }) }),
    )
    for (const session of answer.Sessions ?? []) {
      const [, cluster, task, runtime] = /^ecs:(.+)_([0-9a-f]{32})_([\w-]+)$/.exec(session.Target ?? '') ?? []
      if (cluster !== undefined && task !== undefined && runtime !== undefined)
        open.push({ session, cluster, task, runtime })
    }
    NextToken = answer.NextToken
    if (NextToken === undefined) break
  }
  return open
}

/** The session with its service and container; empty if no service started the task. */
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

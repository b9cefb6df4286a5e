// The story of one read: prepare, load, render, and answer the asker alone.
import type { Config } from './config.ts'
import { isRefusal, PeerError, type Refusal, refuse } from './errors.ts'
import type { Slack } from './gateways/slack.ts'
import type { QueryJob } from './job.ts'
import { renderRefusal } from './messages/refusal.ts'
import type { Actor } from './model.ts'
import { prepare, renderQuery } from './planning.ts'
import type { Readers } from './ports.ts'

export type QueryPorts = {
  readonly config: () => Promise<Config>
  readonly slack: () => Promise<Slack>
  readonly readers: (config: Config, actor: Actor) => Readers
}

export const answerQuery = async (job: QueryJob, ports: QueryPorts): Promise<void> => {
  const answer = await findAnswer(job, ports).catch(inOurWords)
  if (job.responseUrl === undefined) return
  await (await ports.slack()).answer(job.responseUrl, isRefusal(answer) ? renderRefusal(answer) : answer)
}

const findAnswer = async ({ line, actor }: QueryJob, ports: QueryPorts) => {
  const config = await ports.config()
  const read = ports.readers(config, actor)
  const prepared = await prepare('query', line, actor, config, read)
  return isRefusal(prepared) ? prepared : renderQuery(prepared, read)
}

const inOurWords = (error: unknown): Refusal => {
  if (!(error instanceof PeerError)) throw error
  return refuse(`That did not work: ${error.message}.`, error.passing ? 'Try again in a minute.' : undefined)
}

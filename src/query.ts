// The story of one read: prepare, load, render, and answer the asker alone.
import { answerAsker } from './answering.ts'
import { isRefusal, PeerError, type Refusal, refuse } from './errors.ts'
import type { QueryJob } from './job.ts'
import { renderRefusal } from './messages/refusal.ts'
import { prepare, renderQuery } from './planning.ts'
import type { Ports } from './ports.ts'

export const answerQuery = async (job: QueryJob, ports: Ports): Promise<void> => {
  const answer = await findAnswer(job, ports).catch(inOurWords)
  await answerAsker(job, await ports.slack(), isRefusal(answer) ? renderRefusal(answer) : answer)
}

const findAnswer = async ({ line, actor, place: { channel } }: QueryJob, ports: Ports) => {
  const prepared = await prepare('query', { line, actor, purpose: 'query', ports, channel })
  return isRefusal(prepared) ? prepared : renderQuery(prepared)
}

const inOurWords = (error: unknown): Refusal => {
  if (!(error instanceof PeerError)) throw error
  return refuse(`That did not work: ${error.message}.`, error.passing ? 'Try again in a minute.' : undefined)
}

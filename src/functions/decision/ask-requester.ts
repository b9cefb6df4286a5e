// Posts a question to the requester in the thread of an open request.

import type { Face } from '../../engine/cards/card.ts'
import type { Approval } from '../../engine/change/approval.ts'
import { approvalKey, askedKey, faceKey, postedKey } from '../../engine/change/records.ts'
import { answerAsker } from '../../engine/jobs/answer-asker.ts'
import { mayView } from '../../engine/rules/access.ts'
import { loadRuleInputs } from '../../engine/rules/load-rule-inputs.ts'
import { redactText } from '../../features/logs/redaction.ts'
import { cut, literal, plain, quote, richText, section } from '../../kit/messages/markup.ts'
import { renderRefusal } from '../../kit/messages/render-refusal.ts'
import type { Actor } from '../../model/ecs.ts'
import { type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { AskJob } from '../../model/ports/job.ts'
import type { Rendered } from '../../model/ports/message.ts'
import type { Posted } from '../../model/ports/slack.ts'
import type { DecisionPorts } from './ports.ts'
import { UNSEEN } from './unseen.ts'

export const askRequester = async (job: AskJob, ports: DecisionPorts): Promise<void> => {
  const refusal = await ask(job, ports).catch((error: unknown) => {
    if (!(error instanceof RemoteError)) throw error
    return refuse(`Your question was not posted: ${error.message}.`, 'Ask again in a minute.')
  })
  if (refusal !== undefined) await answerAsker(job, await ports.slack(), renderRefusal(refusal))
}

/** People who may view the service may ask. A job that is delivered again posts nothing. */
const ask = async ({ id, operation, actor, question }: AskJob, ports: DecisionPorts): Promise<Refusal | undefined> => {
  const { store } = ports
  const config = await ports.config()
  const face = (await store.get<Face>(faceKey(operation)))?.value
  const posted = (await store.get<Posted>(postedKey(operation, 'card')))?.value
  if (face === undefined || posted === undefined) return UNSEEN
  if (!mayView(face.plan, actor, config, await loadRuleInputs(config, ports))) return UNSEEN
  const approval = (await store.get<Approval>(approvalKey(operation)))?.value
  if (approval?.decision !== undefined) return refuse('This request is settled, so nobody waits for an answer.')
  if (!(await store.create(askedKey(operation, id), { at: ports.now() }))) return undefined
  const shown = redactText(question, { config: await ports.config() })
  await (await ports.slack()).post(posted.channel, renderQuestion(actor, face.requester, shown), {
    thread: posted.ts,
  })
  return undefined
}

const renderQuestion = (actor: Actor, requester: Actor, question: string): Rendered => ({
  text: cut(plain(`${actor.name} asks ${requester.name}: ${question}`), 3_000),
  blocks: [
    richText(
      section(literal(`${actor.name} asks `), { type: 'user', user_id: requester.user }, literal(':\n')),
      quote(question),
    ),
  ],
})

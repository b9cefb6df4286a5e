// The conversation with one container: begun once, shown in the thread while it runs, and always ended: by the command, by
// somebody's Stop, by a halt, or by its time.
import { posix } from 'node:path'
import type { ExecRecord } from '../audit.ts'
import { complain } from '../complain.ts'
import type { Config } from '../config.ts'
import { once, step } from '../durable.ts'
import { PeerError } from '../errors.ts'
import { hidingOf } from '../log-reading.ts'
import type { Link, Outcome } from '../messages/card.ts'
import type { ExecCall } from '../plan.ts'
import type { ExecGate } from '../ports.ts'
import { type ExecOwner, type ExecSession, execOwnerKey, execSessionKey } from '../records.ts'
import { type RunResult, runCommand } from '../session/run.ts'
import { commandOf, createNonce, wrap } from '../session/wrapper.ts'
import { type Story, wordsOf } from '../story.ts'
import type { LogBucket } from './site.ts'
import { watchForStop } from './stop.ts'
import { createThread } from './thread.ts'
import { createPrinted, firstLine } from './view.ts'

/** At most once, whatever dies; whoever comes after a dead function looks for the session and ends it. */
export const converse = async (call: ExecCall, name: string, story: Story): Promise<Outcome> => {
  const sent = await once(story.ctx, name, () => hold(call, story))
  if (sent.kind === 'done') return sent.value
  return step(story.ctx, `${name}, looked for`, () => endLost(call, story)).catch(error => ({
    status: 'unknown' as const,
    text: `The command may or may not have run, and its session could not be looked for: ${wordsOf(error)}.`,
  }))
}

const gateOf = ({ job, ports, face, consent }: Story, config: Config): Promise<ExecGate> =>
  ports.exec(config, {
    plan: face.plan,
    who: { actor: job.actor, corporateId: face.corporateId },
    approvers: consent.votes.map(({ voter }) => voter.user),
    operation: job.id,
    role: 'exec',
  })

const hold = async (call: ExecCall, story: Story): Promise<Outcome> => {
  const config = await story.ports.config()
  const gate = await gateOf(story, config)
  const wrapped = await attempt({ call, story, gate, config, isWrapped: true })
  // Facts: the agent's words. Nothing has run, so the command may be given to the container as it is.
  const hasNoShell = wrapped.status === 'failed' && /fork\/exec \/bin\/sh: no such file/.test(wrapped.text)
  if (!hasNoShell) return wrapped
  if (call.argv[0] === 'sh')
    return {
      status: 'failed',
      text: 'There is no shell in this image, so it can run only commands that the configuration names.',
    }
  return attempt({ call, story, gate, config, isWrapped: false })
}

type Attempt = {
  readonly call: ExecCall
  readonly story: Story
  readonly gate: ExecGate
  readonly config: Config
  /** So that its status can be told, which takes a shell. */
  readonly isWrapped: boolean
}

const attempt = async ({ call, story, gate, config, isWrapped }: Attempt): Promise<Outcome> => {
  const { job, ports, ctx, face } = story
  const nonce = createNonce()
  const began = Date.parse(ports.now())
  const started = await start(gate, call, isWrapped ? wrap(call.argv, nonce) : commandOf(call.argv))
  if ('status' in started) return started
  await putOnFile(started.sessionId, sessionName(call, isWrapped), story)
  const hiding = hidingOf({ config })
  const printed = createPrinted(hiding)
  const thread = await createThread(story, call, printed)
  const remaining = ctx.lambdaContext.getRemainingTimeInMillis() - SPARE_MS
  const read = ports.readers(config, { actor: job.actor, corporateId: face.corporateId }, job.id)
  const halted = () => read.halted(face.plan.target)
  const stop = watchForStop(job.id, ports, halted, Math.min(call.minutes * 60_000, remaining))
  try {
    const channel = await gate.channel(call, started.sessionId)
    const end = await runCommand(started, { nonce, isWrapped, onOutput: printed.add, signal: stop.signal }, channel)
    const lines = [firstLine(end.stderr ?? '', hiding), printed.first()]
    const line = (end.status === 0 ? lines.toReversed() : lines).find(text => text !== '') ?? ''
    if (end.stderr !== undefined && end.stderr !== '')
      printed.add(
        `${printed.isEmpty() ? '' : '\n'}Standard error${end.isStderrCut ? ', the beginning of it' : ''}:\n${end.stderr}`,
      )
    const outcome = outcomeOf(end, { isWrapped, why: stop.why() })
    await thread.end(outcome)
    const seconds = (Date.parse(ports.now()) - began) / 1_000
    return {
      ...outcome,
      ...kept(call, started.sessionId, story),
      sessions: [recordOf(started.sessionId, end)],
      // A status that came before somebody stopped it is not what became of it.
      ran: { ...(end.status !== undefined && stop.why() === undefined && { status: end.status }), seconds, line },
    }
  } catch (error) {
    // Whatever went wrong, the session does not outlive it.
    await gate.terminate(call, started.sessionId).catch(again => complain('terminate', job.id, again))
    const outcome: Outcome = {
      status: 'unknown',
      text: `The command was begun, and its end is not known: ${wordsOf(error)}.`,
      sessions: [{ id: started.sessionId }],
    }
    await thread.end(outcome)
    return outcome
  } finally {
    stop.end()
    thread.close()
  }
}

/** Of a task, an operation opens one session, and another where that found no shell. */
const sessionName = ({ targetId }: ExecCall, isWrapped: boolean): string => `${targetId}${isWrapped ? '' : ' bare'}`

/** Before anything else: whoever finds this function dead has to find its session. */
const putOnFile = async (session: string, name: string, { job, ports, face }: Story): Promise<void> => {
  const onFile: ExecSession = { session, at: ports.now() }
  const owner: ExecOwner = { operation: job.id, by: job.actor, corporateId: face.corporateId }
  const until = Math.floor(Date.parse(onFile.at) / 1_000) + OWNERS_KEPT_SECONDS
  await ports.store.create(execSessionKey(job.id, name), onFile)
  await ports.store.create(execOwnerKey(session), owner, until)
}

/** Sessions last for hours at most. */
const OWNERS_KEPT_SECONDS = 86_400

/** Where its own log is: what happened there, from the first byte to the last. */
const kept = (
  { logGroup, logBucket }: ExecCall,
  session: string,
  { face }: Story,
): Pick<Outcome, 'details' | 'links' | 'offers'> => {
  const { account, region, arn } = face.plan.target
  return {
    details: [`Session \`${session}\``],
    ...(logBucket !== undefined && { links: [linkTo(logBucket, session, arn)] }),
    ...(logGroup !== undefined && {
      offers: [{ label: 'Session Log', invocation: `logs ${account}.${region}:${logGroup} --since 1h` }],
    }),
  }
}

/** As the agent names the object. The console finds the region of the bucket by itself. */
const linkTo = ({ name, prefix }: LogBucket, session: string, arn: string): Link => ({
  text: `Its log, in bucket ${name}`,
  url: `${consoleOf(arn)}/s3/object/${encodeURIComponent(name)}?prefix=${encodeURIComponent(posix.join(prefix, `${session}.log`))}`,
})

const consoleOf = (arn: string): string => CONSOLES[arn.split(':')[1] ?? ''] ?? 'https://console.aws.amazon.com'

/** By partition, as the consoles' own addresses are; none of them is documented. */
const CONSOLES: Readonly<Record<string, string>> = {
  'aws-cn': 'https://console.amazonaws.cn',
  'aws-us-gov': 'https://console.amazonaws-us-gov.com',
}

const recordOf = (id: string, { status, sha256, bytes }: RunResult): ExecRecord => ({
  id,
  ...(status !== undefined && { status }),
  sha256,
  bytes,
})

/** To end the session and tell it, before Lambda ends the function. */
const SPARE_MS = 45_000

/** A definite no ends the story; an answer that was lost has to be looked for. */
const start = async (gate: ExecGate, call: ExecCall, command: string) => {
  try {
    return await gate.start(call, command)
  } catch (error) {
    if (!(error instanceof PeerError) || error.passing) throw error
    return { status: 'failed', text: error.message, details: causesOf(error) } satisfies Outcome
  }
}

/** ECS names no reason. Source: ECS developer guide, ECS Exec troubleshooting; AWS's exec checker. */
const causesOf = ({ code, message }: PeerError): readonly string[] => {
  if (code === 'TargetNotConnectedException')
    return [
      'The agent in the container is not connected, or it has no room for another session: it takes two at a time.',
      'The task role needs ssmmessages:CreateControlChannel, CreateDataChannel, OpenControlChannel and OpenDataChannel.',
      'The task needs a way to ssmmessages: outbound 443, or its interface endpoint.',
      'AWS keys in the container’s environment take the place of the task role.',
    ]
  return /execute command was not enabled/.test(message) ? ['The agent has stopped, or has not started yet.'] : []
}

const outcomeOf = (
  { status, end }: RunResult,
  { isWrapped, why }: { readonly isWrapped: boolean; readonly why: string | undefined },
): Outcome => {
  if (why !== undefined) return { status: 'failed', text: why }
  if (end.kind === 'closed' && end.reason !== '') return { status: 'failed', text: said(end.reason) }
  if (status !== undefined)
    return status === 0
      ? { status: 'done', text: 'It ended with status 0.' }
      : { status: 'failed', text: `It ended with status ${status}.` }
  if (end.kind === 'closed' && !isWrapped)
    return { status: 'done', text: 'It ended. There is no shell in this image, so its status is not available.' }
  if (end.kind === 'closed')
    return {
      status: 'unknown',
      text: 'It was begun, and how it ended is not known: the session closed without its status.',
    }
  const still = end.isTerminated ? '' : ' Its session may still be open: `/ecs exec sessions` lists it.'
  return { status: 'unknown', text: `It was begun, and how it ended is not known: ${end.reason}.${still}` }
}

/** The agent frames its words with dashes. */
const said = (reason: string): string =>
  reason
    .replace(/^-+$|^-+\s*ERROR\s*-*/gm, '')
    .trim()
    .slice(0, 500)

const endLost = async (call: ExecCall, story: Story): Promise<Outcome> => {
  const { job, ports } = story
  const gate = await gateOf(story, await ports.config())
  const onFile = await Promise.all(
    [true, false].map(isWrapped => ports.store.get<ExecSession>(execSessionKey(job.id, sessionName(call, isWrapped)))),
  )
  const sessions = onFile.flatMap(item => item?.value.session ?? [])
  for (const session of sessions) await gate.terminate(call, session)
  const [session] = sessions
  if (session !== undefined)
    return {
      status: 'unknown',
      text: 'The function died while the command ran. Its session was found and terminated; what the command had done by then is not known.',
      sessions: [{ id: session }],
    }
  const open = await gate.find(call)
  return {
    status: 'unknown',
    text: `The command may or may not have begun: its answer was lost. ${open.length === 0 ? 'No session is open in that container.' : 'A session is open in that container, which may be this one.'}`,
    offers: [{ label: 'Open Sessions', invocation: 'exec sessions' }],
  }
}

// Tells a changed setting: in the channel of the request, or where its outsiders do not read.

import type { SettingChange } from '../../commands/command.ts'
import type { Ports } from '../../commands/ports.ts'
import { answerAsker } from '../../engine/jobs/answer-asker.ts'
import type { SettingJob } from '../../model/ports/job.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { otherLines } from '../prepare/mentioned-lines.ts'
import { renderSetting } from './render-setting.ts'

type Told = { readonly change: SettingChange; readonly text: string }

export const tellSetting = async ({ change, text }: Told, job: SettingJob, ports: Ports): Promise<void> => {
  const slack = await ports.slack()
  const others = await otherLines(job, ports)
  const message = renderSetting([text, ...others].join('\n'), job.actor)
  await slack.post(job.place.channel, message).catch(async () => {
    await postElsewhere(change, message, job, ports)
    await answerAsker(job, slack, message)
  })
}

/** What everybody hears, also where outsiders read: without the reason. */
const BARE: Readonly<Partial<Record<SettingChange['kind'], string>>> = {
  halt: 'All changes are halted.',
  resume: 'Changes are allowed again.',
}

const postElsewhere = async (
  { kind }: SettingChange,
  message: Rendered,
  { place, actor }: SettingJob,
  ports: Ports,
): Promise<void> => {
  const { channel } = await ports.config()
  const slack = await ports.slack()
  if (channel !== place.channel) await slack.post(channel, message).catch(() => undefined)
  const bare = BARE[kind]
  if (bare === undefined) return
  await slack.post(place.channel, renderSetting(bare, actor), { isBare: true }).catch(() => undefined)
}

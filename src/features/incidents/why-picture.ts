// The picture of /ecs why: changes above CPU and the number of running tasks, on one time axis.

import { durationWords } from '../../kit/language/kinds/duration.ts'
import { cut } from '../../kit/messages/markup.ts'
import type { Mark, Panel } from '../../model/picture.ts'
import type { Picture } from '../../model/ports/message.ts'
import { levelsOf, levelsText, SOURCES, type Usage } from '../status/usage.ts'
import type { Why } from './load-why.ts'

/** The maximum number of changes that are marked, newest first. More marks could not be told apart. */
const MOST_MARKS = 20

export const whyPictures = ({ ref, usage, causes, asking }: Why): readonly Picture[] => {
  const panels = usage === undefined ? [] : panelsOf(usage)
  if (usage === undefined || panels.length === 0) return []
  const marks = causes
    .flatMap(({ changes }) => changes)
    .map(({ at, brief, isBad }): Mark => ({ at: Date.parse(at), words: brief, isBad }))
    .filter(({ at }) => at >= usage.from && at <= usage.until)
    .toSorted((a, b) => a.at - b.at)
    .slice(-MOST_MARKS)
  const where = `${ref.account} · ${ref.region} · ${ref.cluster} · ${durationWords(asking.minutes)}`
  const words = marks.map(({ at, words }) => `${new Date(at).toISOString().slice(11, 16)} ${words}`).join('; ')
  return [
    {
      name: `${ref.service}-why.png`,
      title: `${ref.service}: changes, CPU and tasks`,
      alt: cut(
        `${ref.service}, ${where}: ${panels.map(panel => `${panel.name} ${panel.words}`).join('; ')}; ${words === '' ? 'no changes' : `changes (UTC): ${words}`}`,
        1_500,
      ),
      data: {
        title: ref.service,
        where,
        source: SOURCES[usage.source],
        from: usage.from,
        until: usage.until,
        panels,
        marks,
        each: eachOf(usage),
      },
    },
  ]
}

const panelsOf = ({ cpu, memory, running = [] }: Usage): readonly Panel[] => {
  const count = running.at(-1)
  return [
    ...(levelsOf(cpu) === undefined ? [] : [{ name: 'CPU', words: levelsText(cpu), ...cpu }]),
    ...(count === undefined
      ? levelsOf(memory) === undefined
        ? []
        : [{ name: 'Memory', words: levelsText(memory), ...memory }]
      : [
          {
            name: 'Running tasks',
            words: `${Math.round(count.value)} at the end`,
            unit: '',
            average: running,
            most: [],
          },
        ]),
  ]
}

/** The length of one sample in milliseconds: the smallest distance between two samples. */
const eachOf = ({ cpu: { average }, running = [] }: Usage): number => {
  const samples = average.length > 1 ? average : running
  const gaps = samples.slice(1).map(({ at }, nth) => at - (samples[nth]?.at ?? at))
  return gaps.length === 0 ? 60_000 : Math.max(60_000, Math.min(...gaps))
}

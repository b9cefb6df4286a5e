// The composer, a field in which a person writes messages and slash commands, with usage hints for commands.
import type { CommandHint, SlashCommand } from '../../slack/types.ts'
import type { App } from './app.ts'
import { button, h, icon, on } from './dom.ts'
import { SEND } from './icons.ts'
import { type PopupList, popupList } from './popup-list.ts'

export type ComposerPlace = { readonly channel: string; readonly label: string; readonly threadTs?: string }

const MOST_HINTS = 7
/** The texts that the person has sent, newest last. All composers share this list. */
const sent: string[] = []

const parse = (text: string): { command: string; rest: string } | undefined => {
  const found = /^(\/\S+)(?:\s+([\s\S]*))?$/.exec(text)
  return found ? { command: found[1] ?? '', rest: found[2] ?? '' } : undefined
}

type Suggestion = { readonly insert: string; readonly title: string; readonly about: string }

const fixedPart = (usage: string) => usage.split(/\s+(?=[<[-])/)[0] ?? usage

const fits = ({ usage }: CommandHint, rest: string) => {
  const fixed = fixedPart(usage)
  return fixed.startsWith(rest) || rest.startsWith(`${fixed} `) || rest === fixed
}

const suggestions = (text: string, commands: readonly SlashCommand[]): readonly Suggestion[] => {
  const typed = parse(text)
  if (!typed) return []
  const exact = commands.find(known => known.command === typed.command)
  if (!exact || !text.includes(' ')) {
    return commands
      .filter(known => known.command.startsWith(typed.command))
      .map(known => ({
        insert: `${known.command} `,
        title: `${known.command} ${known.usageHint}`,
        about: known.description,
      }))
  }
  return exact.hints
    .filter(hint => fits(hint, typed.rest))
    .slice(0, MOST_HINTS)
    .map(hint => ({
      insert: `${exact.command} ${fixedPart(hint.usage)} `,
      title: `${exact.command} ${hint.usage}`,
      about: hint.summary,
    }))
}

type Editor = { readonly area: HTMLTextAreaElement; write(text: string): void; submit(): void }

/** ArrowUp shows an earlier sent text, if the field is empty or already shows an earlier text. */
const createRecall = ({ area, write }: Editor) => {
  let at: number | undefined
  return (step: number): boolean => {
    const shown = at === undefined ? '' : (sent[at] ?? '')
    if (area.value !== shown || sent.length === 0) return false
    at = Math.max(0, Math.min(sent.length, (at ?? sent.length) + step))
    write(sent[at] ?? '')
    if (at === sent.length) at = undefined
    return true
  }
}

const keysOf = (editor: Editor, list: PopupList): { readonly [key: string]: (event: KeyboardEvent) => boolean } => {
  const recall = createRecall(editor)
  return {
    Enter: event => {
      if (event.shiftKey || event.isComposing) return false
      if (!list.take()) editor.submit()
      return true
    },
    Tab: () => list.isOpen() && list.take(),
    ArrowUp: () => {
      if (!list.isOpen()) return recall(-1)
      list.move(-1)
      return true
    },
    ArrowDown: () => {
      if (!list.isOpen()) return recall(1)
      list.move(1)
      return true
    },
    Escape: () => {
      const wasOpen = list.isOpen()
      list.hide()
      return wasOpen
    },
  }
}

const grow = (area: HTMLTextAreaElement) => {
  area.style.height = 'auto'
  area.style.height = `${Math.min(area.scrollHeight, 160)}px`
}

const send = async (text: string, { channel, threadTs }: ComposerPlace, app: App) => {
  sent.push(text)
  const typed = parse(text)
  const where = { channel, ...(threadTs ? { threadTs } : {}) }
  if (typed) await app.act('/ui/command', { ...where, command: typed.command, text: typed.rest })
  else await app.act('/ui/post', { ...where, text })
}

export const createComposer = (app: App, placeOf: () => ComposerPlace) => {
  const area = h('textarea', { class: 'composer-text', rows: 1, spellcheck: 'false' })
  const list = popupList(area, 'hints', 'Commands')
  const write = (text: string) => {
    area.value = text
    refresh()
    list.hide()
  }
  const submit = () => {
    const text = area.value.trim()
    if (text === '') return
    write('')
    void send(text, placeOf(), app)
  }
  const go = button({ class: 'send', 'aria-label': 'Send', title: 'Send' }, submit, icon(SEND))
  const element = h('form', { class: 'composer' }, list.element, h('div', { class: 'composer-box' }, area, go))
  const take = (one: Suggestion) => {
    area.value = one.insert
    area.focus()
    refresh()
  }
  const refresh = () => {
    grow(area)
    go.classList.toggle('ready', area.value.trim() !== '')
    const found = suggestions(area.value, app.store.snapshot?.commands ?? [])
    const rows = found.map(one => ({
      label: one.title,
      children: [h('code', {}, one.title), h('span', { class: 'muted' }, one.about)],
      run: () => take(one),
    }))
    if (rows.length > 0) list.show(rows)
    else list.hide()
  }
  const keys = keysOf({ area, write, submit }, list)
  on(area, {
    input: refresh,
    blur: () => list.hide(),
    keydown: event => {
      if (keys[event.key]?.(event)) event.preventDefault()
    },
  })
  on(element, { submit: event => event.preventDefault() })
  const update = () => {
    const { label } = placeOf()
    area.placeholder = label
    area.setAttribute('aria-label', label)
  }
  return { element, update, focus: () => area.focus(), clear: () => write('') }
}

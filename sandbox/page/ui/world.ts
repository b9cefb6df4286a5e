// The World panel: the AWS calls with their callers, and the controls (knobs) that change the simulated world.
import type { App, Part } from './app.ts'
import { clockSeconds } from './dates.ts'
import { button, freshId, h, keyed, on } from './dom.ts'
import type { AwsCall, Knob } from './wire.ts'

const MOST_ROWS = 200

const callRow = (call: AwsCall): HTMLElement =>
  h(
    'li',
    { class: `call ${call.status}` },
    h(
      'div',
      { class: 'call-head' },
      h(
        'span',
        { class: 'call-name' },
        h('span', { class: 'call-service' }, `${call.service}:`),
        h('wbr'),
        call.action,
      ),
      h('span', { class: `verdict ${call.status}` }, call.status),
    ),
    call.summary ? h('div', { class: 'call-summary' }, call.summary) : null,
    h(
      'div',
      { class: 'call-meta' },
      h('time', { datetime: new Date(call.at).toISOString() }, clockSeconds(call.at)),
      h('span', { class: 'call-caller', title: call.caller }, call.caller),
      h('span', { class: 'call-region' }, call.region),
    ),
    call.code && call.status !== 'allowed' ? h('div', { class: 'call-code' }, call.code) : null,
  )

const callKeys = new WeakMap<AwsCall, string>()
let callCount = 0
const keyOf = (call: AwsCall): string => {
  const known = callKeys.get(call) ?? String(++callCount)
  callKeys.set(call, known)
  return known
}

const textOfCall = (call: AwsCall) => Object.values(call).join(' ').toLowerCase()

const createCalls = (app: App): Part => {
  const id = freshId('filter')
  const list = h('ol', { class: 'calls', tabindex: 0, 'aria-label': 'AWS calls, newest first' })
  const filter = on(h('input', { id, class: 'input', type: 'search', placeholder: 'Filter, for example denied' }), {
    input: () => update(),
  })
  const none = h('p', { class: 'muted none' })
  const element = h(
    'section',
    { class: 'world-section calls-section', 'aria-labelledby': 'calls-title' },
    h('h3', { id: 'calls-title' }, 'AWS calls'),
    h('label', { for: id, class: 'visually-hidden' }, 'Filter calls'),
    filter,
    none,
    list,
  )
  const update = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean)
    const found = app.store.calls.filter(call => words.every(word => textOfCall(call).includes(word)))
    keyed(list, found.slice(-MOST_ROWS).toReversed(), { key: keyOf, version: () => 1, render: callRow })
    none.hidden = found.length > 0
    none.textContent = words.length > 0 ? 'No calls match.' : 'No calls yet.'
  }
  return { element, update }
}

const knobControl = (knob: Knob, app: App): HTMLElement => {
  const turn = (value?: string | number) =>
    void app.act('/ui/turn', { id: knob.id, ...(value === undefined ? {} : { value }) })
  if (knob.kind === 'button') {
    return button(
      { class: `button small ${knob.danger ? 'danger' : ''}`, title: knob.hint, 'data-knob': knob.id },
      () => turn(),
      knob.label,
    )
  }
  const id = freshId('knob')
  const control =
    knob.kind === 'select'
      ? h(
          'select',
          { id, class: 'input', 'data-knob': knob.id },
          ...(knob.options ?? []).map(one => h('option', { value: one.value }, one.label)),
        )
      : h('input', { id, class: 'input', type: 'number', 'data-knob': knob.id })
  if (knob.value !== undefined) control.value = String(knob.value)
  on(control, { change: () => turn(knob.kind === 'number' ? Number(control.value) : control.value) })
  return h('div', { class: 'knob-row' }, h('label', { for: id, title: knob.hint }, knob.label), control)
}

const knobGroup = (name: string, knobs: readonly Knob[], app: App): HTMLElement => {
  const rows = knobs.filter(knob => knob.kind !== 'button')
  const buttons = knobs.filter(knob => knob.kind === 'button')
  return h(
    'div',
    { class: 'knob-group', role: 'group', 'aria-label': name || 'World' },
    name ? h('h4', {}, name) : null,
    ...rows.map(knob => knobControl(knob, app)),
    buttons.length > 0 && h('div', { class: 'knob-buttons' }, ...buttons.map(knob => knobControl(knob, app))),
  )
}

const createKnobs = (app: App): Part => {
  const element = h('section', { class: 'world-section knobs', 'aria-label': 'Controls' })
  const update = () => {
    const { knobs } = app.store
    const names = [...new Set(knobs.map(knob => knob.group ?? ''))]
    const inGroup = (name: string) => knobs.filter(knob => (knob.group ?? '') === name)
    keyed(element, names, {
      key: name => name,
      version: name => JSON.stringify(inGroup(name)),
      render: name => knobGroup(name, inGroup(name), app),
    })
  }
  return { element, update }
}

export const createWorld = (app: App): Part => {
  const knobs = createKnobs(app)
  const calls = createCalls(app)
  const element = h(
    'aside',
    { class: 'world', id: 'world', 'aria-label': 'World', tabindex: -1 },
    h('header', { class: 'dock-head' }, h('h2', {}, 'World'), h('span', { class: 'muted small' }, 'Simulated AWS')),
    h('div', { class: 'world-scroll' }, knobs.element, calls.element),
  )
  return {
    element,
    update: () => {
      knobs.update()
      calls.update()
    },
  }
}

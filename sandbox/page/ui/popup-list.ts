// The list of options below a text field (ARIA combobox pattern). The focus stays in the field; arrow keys change the active
// option.
import { freshId, h, on } from './dom.ts'

export type Choice = {
  readonly label: string
  readonly children?: readonly (Node | string)[]
  readonly run: () => void
}

export type PopupList = {
  readonly element: HTMLElement
  isOpen(): boolean
  show(choices: readonly Choice[]): void
  hide(): void
  move(step: number): void
  hasActive(): boolean
  /** Chooses the active option. Returns false if no option is active. */
  take(): boolean
}

export const popupList = (field: HTMLElement, className: string, label: string): PopupList => {
  const element = h('ul', { id: freshId('list'), class: className, role: 'listbox', 'aria-label': label, hidden: true })
  let choices: readonly Choice[] = []
  let active = -1
  field.setAttribute('role', 'combobox')
  field.setAttribute('aria-autocomplete', 'list')
  field.setAttribute('aria-controls', element.id)
  field.setAttribute('aria-expanded', 'false')

  const open = (isOpen: boolean) => {
    element.hidden = !isOpen
    field.setAttribute('aria-expanded', String(isOpen))
    field.removeAttribute('aria-activedescendant')
    active = -1
  }
  const row = (choice: Choice) =>
    on(
      h(
        'li',
        { id: freshId('option'), role: 'option', class: 'option', 'aria-selected': 'false' },
        ...(choice.children ?? [choice.label]),
      ),
      {
        mousedown: event => {
          event.preventDefault()
          choice.run()
        },
      },
    )
  const move = (step: number) => {
    const rows = [...element.children]
    if (choices.length === 0) return
    active = active < 0 && step < 0 ? choices.length - 1 : (active + step + choices.length) % choices.length
    rows.forEach((one, at) => {
      one.setAttribute('aria-selected', String(at === active))
    })
    field.setAttribute('aria-activedescendant', rows[active]?.id ?? '')
    rows[active]?.scrollIntoView({ block: 'nearest' })
  }
  return {
    element,
    isOpen: () => !element.hidden,
    hasActive: () => active >= 0,
    show: next => {
      choices = next
      element.replaceChildren(...next.map(row))
      open(true)
    },
    hide: () => open(false),
    move,
    take: () => {
      const choice = choices[active]
      choice?.run()
      return choice !== undefined
    },
  }
}

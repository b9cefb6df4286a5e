// A menu button. Arrow keys move in the menu; Escape closes it and returns the focus to the button.
import { button, h, on } from './dom.ts'

export type Item = { readonly label: string; readonly run: () => void }

export const menu = (
  attributes: { readonly [name: string]: string | undefined },
  face: Node | string,
  items: readonly Item[],
): HTMLElement => {
  const list = h('div', { class: 'menu', role: 'menu', hidden: true })
  const toggle = button(
    { ...attributes, 'aria-haspopup': 'menu', 'aria-expanded': 'false' },
    () => open(list.hasAttribute('hidden')),
    face,
  )
  const root = h('span', { class: 'menu-root' }, toggle, list)
  const open = (isOpen: boolean) => {
    list.hidden = !isOpen
    toggle.setAttribute('aria-expanded', String(isOpen))
    if (isOpen) move(0)
  }
  const move = (step: number) => {
    const rows = [...list.querySelectorAll<HTMLElement>('[role=menuitem]')]
    const at = rows.indexOf(document.activeElement as HTMLElement)
    rows[(Math.max(at, 0) + step + rows.length) % rows.length]?.focus()
  }
  const choose = (item: Item) => {
    open(false)
    toggle.focus()
    item.run()
  }
  list.append(
    ...items.map(item =>
      button({ class: 'menu-item', role: 'menuitem', tabindex: '-1' }, () => choose(item), item.label),
    ),
  )
  return on(root, {
    keydown: event => {
      if (list.hidden) return
      if (event.key === 'ArrowDown') move(1)
      else if (event.key === 'ArrowUp') move(-1)
      else if (event.key === 'Escape') {
        open(false)
        toggle.focus()
      } else return
      event.preventDefault()
      event.stopPropagation()
    },
    focusout: event => {
      if (!root.contains(event.relatedTarget as Node | null)) open(false)
    },
  })
}

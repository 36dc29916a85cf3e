import { tileStyle } from './growth'

interface SpriteProps {
  /** An image of tiles of one size side by side; null = it is not drawn yet. */
  sheet: string | null | undefined
  /** Tiles in a row of it. */
  columns: number
  /** The tile shown, counted from 0 by rows. */
  at: number
  /** Read aloud; '' where words stand beside it. */
  name: string
  lazy?: boolean
}

/** One tile of a sheet, as wide as its place. One request shows all tiles of a snapshot. */
export function Sprite({ sheet, columns, at, name, lazy }: SpriteProps) {
  return (
    <span className="sprite">
      {sheet && <img src={sheet} alt={name} style={tileStyle(at, columns)} loading={lazy ? 'lazy' : 'eager'} draggable={false} />}
    </span>
  )
}

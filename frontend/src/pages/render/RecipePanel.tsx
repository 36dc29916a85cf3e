import { useState } from 'react'
import { plural, shortHash, timeOfDay, when } from '../../lib/format'
import { address, mayEdit } from '../../lib/page'
import { FaultNote, Skeleton, Tag } from '../../parts/basics'
import { Button, IconButton } from '../../parts/Button'
import { isGoing, newestThumb, renderState } from '../../parts/Film'
import { fileSize } from '../../lib/format'
import { Dot } from '../../parts/basics'
import { get } from '../../wire/api'
import { queries, useAsk } from '../../wire/query'
import type { Recipe, Render } from '../../wire/types'
import { codePathLines, differences, filmLines, parameterLines, snapshotNames, trackName, type Line } from './recipe'

function useRecipe(render: Render | undefined) {
  return useAsk({
    queryKey: ['recipe', render?.id, render?.recipe_revision],
    queryFn: ({ signal }) => get<Recipe>(render?.recipe_url ?? '', signal),
    enabled: render !== undefined,
  })
}

interface RecipePanelProps {
  render: Render
  siblings: readonly Render[]
  onAgain: () => void
}

/** Beside the film: what it was made from, how that differs from the film before, and the other films of its scene. */
export function RecipePanel({ render, siblings, onAgain }: RecipePanelProps) {
  const recipe = useRecipe(render)
  return (
    <section aria-label="Recipe">
      <div className="head">
        <h3>Recipe</h3>
        <Tag icon="lock">Frozen {timeOfDay(render.created_at)}</Tag>
        <div className="end"><Button small kind="quiet" icon="download" href={`${render.recipe_url}?download=1`} download>JSON</Button></div>
      </div>
      {recipe.error && <div className="sect"><FaultNote fault={recipe.error} what="The recipe could not be loaded." again={() => void recipe.refetch()} /></div>}
      {recipe.isPending && <div className="sect"><Skeleton rows={8} height={16} /></div>}
      {recipe.data && <Inputs recipe={recipe.data} />}
      {recipe.data && <Parameters recipe={recipe.data} render={render} siblings={siblings} />}
      <div className="sect" style={{ padding: '12px 16px' }}>
        <div className="row wrap">
          {mayEdit() && <Button icon="again" onClick={onAgain}>Render again from this recipe</Button>}
          {render.scene_id && <Button kind="quiet" href={address.scene(render.scene_id)}>Open scene</Button>}
        </div>
      </div>
      <Siblings render={render} siblings={siblings} />
    </section>
  )
}

function Inputs({ recipe }: { recipe: Recipe }) {
  const { scene } = recipe
  const rows: [string, string, string][] = [
    ['Track', trackName(recipe), shortHash(scene.tracks[0]?.sha256 ?? '')],
    ['Beat grid', plural(scene.markers.length, 'tempo marker'), ''],
    ['Cues', String(scene.cues.length), ''],
    ['Snapshots', snapshotNames(recipe), scene.snapshots.length === 1 ? shortHash(scene.snapshots[0]?.sha256 ?? '') : String(scene.snapshots.length)],
    ['Visualizer', `${scene.visualizer} ${recipe.versions[`visualizer ${scene.visualizer}`] ?? ''}`, recipe.quality],
  ]
  return (
    <div className="sect" style={{ paddingTop: 8 }}>
      {rows.map(([name, value, mark]) => (
        <div className="row inputrow" key={name}>
          <span className="faint xs">{name}</span>
          <span className="grow clip" title={value}>{value}</span>
          <span className="mono faint">{mark}</span>
        </div>
      ))}
    </div>
  )
}

function Parameters({ recipe, render, siblings }: { recipe: Recipe; render: Render; siblings: readonly Render[] }) {
  const [isComparing, setComparing] = useState(false)
  const visualizers = useAsk(queries.visualizers())
  const visualizer = visualizers.data?.items.find((one) => one.name === recipe.scene.visualizer)
  const before = siblings.filter((one) => one.created_at < render.created_at).toSorted((a, b) => b.created_at.localeCompare(a.created_at))[0]
  const older = useRecipe(before)
  const changed = older.data ? differences(recipe, older.data, visualizer) : []
  return (
    <div className="sect">
      <div className="title">
        Parameters
        {before && older.data && (
          <button type="button" className="end xs accent nowrap" title={`The one before is “${before.name}”`} aria-pressed={isComparing} onClick={() => setComparing(!isComparing)}>
            {isComparing ? 'All parameters' : `Differences from the one before, ${changed.length}`}
          </button>
        )}
      </div>
      {isComparing && <p className="xs soft compared">{changed.length === 0 ? `The same recipe as “${before?.name ?? ''}”: the same frames.` : `From “${before?.name ?? ''}” to this film.`}</p>}
      <Lines lines={isComparing ? changed : [...parameterLines(recipe, visualizer), ...filmLines(recipe), ...codePathLines(recipe)]} />
    </div>
  )
}

function Lines({ lines }: { lines: Line[] }) {
  return (
    <dl className="facts">
      {lines.map((line, at) => [<dt key={`${at}n`}>{line.name}</dt>, <dd key={`${at}v`} className="clip" title={line.value}>{line.value}</dd>])}
    </dl>
  )
}

function Siblings({ render, siblings }: { render: Render; siblings: readonly Render[] }) {
  if (siblings.length === 0) return null
  return (
    <section aria-label="Renders of this scene">
      <div className="head"><h3>Renders of this scene</h3></div>
      {siblings.map((one) => {
        const picture = newestThumb(one)
        return (
          <div key={one.id} className={one.id === render.id ? 'row sibling on' : 'row sibling'}>
            <a className="plain row grow" href={address.render(one.id)} aria-current={one.id === render.id ? 'page' : undefined}>
              <span className="pic">{picture && <img src={picture} alt="" loading="lazy" />}</span>
              <span className="grow">
                <span className="strong clip block">{one.name}</span>
                <span className="xs faint num block clip">{isGoing(one) || one.state !== 'done' ? renderState(one) : `${one.finished_at ? when(one.finished_at) : ''}${one.film_size ? `, ${fileSize(one.film_size)}` : ''}`}</span>
              </span>
            </a>
            {isGoing(one) && <Dot mood="busy" />}
            {one.film_url && <IconButton small icon="download" label={`Download ${one.name}`} href={`${one.film_url}?download=1`} />}
          </div>
        )
      })}
    </section>
  )
}

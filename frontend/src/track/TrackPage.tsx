/** The track desk: hear it, see it, set cues. */
import { useEffect, useState } from 'react'
import { useComments } from '../comments/use_comments'
import { useSaid } from '../comments/use_said'
import { useCommands, withKey } from '../lib/keys'
import { address, mayEdit, pageData, projectId } from '../lib/page'
import { useStore } from '../lib/store'
import { undoRegistry } from '../lib/undo'
import { Button, IconButton } from '../parts/Button'
import { FaultNote, Skeleton } from '../parts/basics'
import { Menu, type MenuItem } from '../parts/Menu'
import { ShareButton } from '../sharing/ShareButton'
import { useProjectEvents } from '../shell/live'
import { openKeySheet } from '../shell/overlays'
import { isNothing, NothingHere, Shell } from '../shell/Shell'
import { queries, useAsk } from '../wire/query'
import type { Track } from '../wire/types'
import { changeLaneSettings, isLaneShown, laneSettings, SECTIONS, showLaneOf, SPECTROGRAM } from '../widgets/lane_settings'
import { CueEditor } from './CueEditor'
import { CuePanels } from './cues/CuePanels'
import { cueMoves } from './cues/cue_moves'
import { cuePanelCommands } from './cues/keys'
import { CueList } from './CueList'
import { useDesk, type Desk } from './desk'
import { DrawerButton } from './DrawerButton'
import { gridCommands } from './grid/keys'
import { GridPanel, TapButton } from './GridPanel'
import { gridActs } from './grid/grid_acts'
import { ExchangeTools } from './exchange/ExchangeTools'
import { moves, transportCommands } from './moves'
import { NewSceneButton } from './NewScene'
import { OthersHere, useTogether } from './OthersHere'
import { PhoneDesk } from './PhoneDesk'
import { StemPanel } from './StemPanel'
import { TimelineBox } from './TimelineBox'
import type { Together } from './together'
import { TrackInspector } from './TrackInspector'
import { TrackStanding } from './TrackStanding'
import { Transport } from './Transport'
import { useMediaKeys } from './use_media_keys'
import { useIsPhone } from './use_phone'

export function TrackPage() {
  const id = pageData().ids.track ?? ''
  const track = useAsk(queries.track(id))
  const tracks = useAsk(queries.tracks(projectId()))
  const desk = useDesk(id)
  const isPhone = useIsPhone()
  if (track.error && isNothing(track.error)) return <NothingHere place="tracks" />
  const siblings = (tracks.data?.items ?? []).map((one) => ({ id: one.id, name: one.name, href: address.track(one.id), isHere: one.id === id }))
  return (
    <Shell
      place="tracks"
      {...(track.data ? { thing: { name: track.data.name, siblings } } : {})}
      actions={track.data && mayEdit() && (
        <>
          <ShareButton noun="tracks" thing={track.data} reason={track.data.files.proxy ? null : 'It can be shared when it is unpacked.'} />
          {!isPhone && <NewSceneButton track={track.data} />}
        </>
      )}
    >
      {track.error && <div className="middle"><FaultNote what="This track could not be shown." fault={track.error} again={() => void track.refetch()} /></div>}
      {!track.data && !track.error && <div className="middle"><Skeleton rows={8} height={44} /></div>}
      {track.data && desk && <DeskOf desk={desk} track={track.data} isPhone={isPhone} />}
    </Shell>
  )
}

function DeskOf({ desk, track, isPhone }: { desk: Desk; track: Track; isPhone: boolean }) {
  useEffect(() => desk.take(track), [desk, track])
  const mayChange = mayEdit() && !isPhone
  useCommands([...transportCommands(desk, mayChange), ...gridCommands(desk, track.id, mayChange), ...(isPhone ? [] : cuePanelCommands(desk, mayChange))])
  useMediaKeys(desk, track.name)
  useProjectEvents(desk.takeEvent)
  useEffect(() => {
    if (mayEdit()) desk.edits.rememberSteps().catch(() => undefined) // without them there is only less to undo
  }, [desk])
  const [isInspecting, setInspecting] = useState(false)
  const together = useTogether(desk, track.id)
  const comments = useComments({ noun: 'tracks', id: track.id })
  const { said, opened } = useSaid(comments)
  if (isPhone) return <PhoneDesk desk={desk} track={track} together={together} comments={comments} said={said} opened={opened} />
  return (
    <div className={isInspecting ? 'editor inspecting' : 'editor'}>
      <div className="desk-main">
        <Toolbar desk={desk} track={track} together={together} />
        <TrackStanding desk={desk} track={track} />
        <TimelineBox desk={desk} track={track} layout="desk" together={together} said={said} />
        <CuePanels desk={desk} />
        <Transport desk={desk} />
      </div>
      <DrawerButton label="Beat grid and cues" isOpen={isInspecting} onChange={setInspecting} />
      <TrackInspector desk={desk} track={track} comments={comments} opened={opened}>
        <div className="inspector-scroll">
          <GridPanel desk={desk} track={track} />
          <StemPanel track={track} />
        </div>
        <CueList desk={desk} />
        <CueEditor desk={desk} />
      </TrackInspector>
    </div>
  )
}

function Toolbar({ desk, track, together }: { desk: Desk; track: Track; together: Together | null }) {
  const undo = useStore(undoRegistry.state)
  return (
    <div className="toolbar row">
      {mayEdit() && (
        <>
          <Button small icon="cue" onClick={() => moves(desk).addCue(true)}>Cue</Button>
          <IconButton small icon="span" label={withKey('Cue over the loop, or the next two seconds', 'track.span')} onClick={() => cueMoves(desk).addSpan()} />
          <TapButton acts={gridActs(desk)} small />
          <Button small icon="flag" onClick={() => gridActs(desk).downbeat()}>Downbeat</Button>
          <span className="sep" />
          <IconButton small icon="undo" label={undo.undoTitle ? `Undo: ${undo.undoTitle.toLowerCase()}` : 'Undo'} reason={undo.undoTitle ? null : 'Nothing to undo yet'} onClick={() => void undoRegistry.undo()} />
          <IconButton small icon="redo" label={undo.redoTitle ? `Do again: ${undo.redoTitle.toLowerCase()}` : 'Redo'} reason={undo.redoTitle ? null : 'Nothing to do again'} onClick={() => void undoRegistry.redo()} />
        </>
      )}
      <div className="row end tight">
        {together && <OthersHere together={together} />}
        <ExchangeTools desk={desk} track={track} />
        <LanesMenu desk={desk} />
        <IconButton small icon="keyboard" label="Keys (?)" onClick={openKeySheet} />
      </div>
    </div>
  )
}

function LanesMenu({ desk }: { desk: Desk }) {
  const lanes = useStore(desk.sound.lanes) ?? []
  const settings = useStore(laneSettings)
  if (lanes.length === 0) return null
  const lane = (name: string, label: string): MenuItem => ({
    id: name, label, on: isLaneShown(settings, name), act: () => showLaneOf(name, !isLaneShown(settings, name)),
  })
  return (
    <Menu
      align="end"
      button={<Button kind="quiet" small icon="panel">Lanes</Button>}
      items={[
        lane(SPECTROGRAM, 'Spectrogram'),
        lane(SECTIONS, 'Sections'),
        ...lanes.map(({ name, title, detail }) => lane(name, detail ? `${title}, ${detail}` : title)),
        {
          id: 'tints', label: 'Waveform in the colours of its bands', line: true, caption: 'Red is low, green is middle, blue is high',
          on: settings.hasTints, act: () => changeLaneSettings({ hasTints: !settings.hasTints }),
        },
      ]}
    />
  )
}

//! The camera: its states, its picture's codes, and who is told of them.

use super::bench::ScanBench;
pub use crate::device::camera::CameraTrouble;
use crate::device::glue::{self, CameraListeners};
use domain::event::CountMethod;
use domain::scan::{ScanMode, Scanner, Sighting};
use leptos::html::Video;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;

/// After so long without a scan or a touch the camera rests, in milliseconds: it is what empties a battery.
const IDLE_MS: i64 = 60_000;
/// Under which the scan mode, the camera and the feedback are kept.
const MODE: &str = "scan_mode";
const CHOSEN: &str = "camera";
const SOUND: &str = "sound";
const VIBRATION: &str = "vibration";

/// What the camera does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CameraState {
    /// Nobody has asked for it.
    Off,
    /// Being opened.
    Starting,
    /// Reading.
    On,
    /// Resting after a while without a scan.
    Resting,
    /// Not to be had.
    Failed(CameraTrouble),
}

/// The range of a zoom.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct ZoomRange {
    /// Widest.
    pub min: f64,
    /// Nearest.
    pub max: f64,
}

/// A camera to choose.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CameraChoice {
    /// The browser's name for it.
    pub device_id: String,
    /// What the device calls it.
    pub label: String,
}

/// What the open camera can do.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub struct CameraInfo {
    /// Which it is.
    pub device_id: String,
    /// Whether it has a light.
    pub torch: bool,
    /// Whether it zooms.
    pub zoom: Option<ZoomRange>,
    /// All there are.
    pub cameras: Vec<CameraChoice>,
}

#[derive(Deserialize)]
struct Frame {
    width: u32,
    height: u32,
    sightings: Vec<Sighting>,
}

/// A code's outline in the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Corners, as an SVG polygon wants them.
    pub points: String,
    /// Whether it has just counted.
    pub has_counted: bool,
}

/// The outlines of one picture.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// Width and height of the picture, in pixels.
    pub size: (u32, u32),
    /// One per code.
    pub marks: Vec<Mark>,
}

/// The camera of a page that scans.
#[derive(Clone, Copy)]
pub struct Camera {
    /// Where its codes go.
    pub bench: ScanBench,
    /// The element that shows the picture.
    pub video: NodeRef<Video>,
    /// What it does.
    pub state: RwSignal<CameraState>,
    /// What it can do, once open.
    pub info: RwSignal<CameraInfo>,
    /// Whether the light is on.
    pub torch: RwSignal<bool>,
    /// How near.
    pub zoom: RwSignal<f64>,
    /// Which codes of a picture are meant.
    pub mode: RwSignal<ScanMode>,
    /// Whether a single scan is done and the next press is awaited.
    pub is_waiting: RwSignal<bool>,
    /// Outlines of what it sees.
    pub marks: RwSignal<Marks>,
    /// Whether a scan sounds.
    pub sound: RwSignal<bool>,
    /// Whether a scan is felt.
    pub vibration: RwSignal<bool>,
    chosen: StoredValue<String>,
    used_ms: StoredValue<i64>,
    scanner: StoredValue<Scanner, LocalStorage>,
    listeners: StoredValue<Option<CameraListeners>, LocalStorage>,
}

impl Camera {
    /// A camera that is off.
    pub fn new(bench: ScanBench) -> Self {
        let rules = bench.rules.get_value();
        let camera = Self {
            bench,
            video: NodeRef::new(),
            state: RwSignal::new(CameraState::Off),
            info: RwSignal::default(),
            torch: RwSignal::new(false),
            zoom: RwSignal::new(1.0),
            mode: RwSignal::default(),
            is_waiting: RwSignal::new(false),
            marks: RwSignal::default(),
            sound: RwSignal::new(true),
            vibration: RwSignal::new(true),
            chosen: StoredValue::default(),
            used_ms: StoredValue::new(glue::steady_ms()),
            scanner: StoredValue::new_local(Scanner::new(ScanMode::default(), rules)),
            listeners: StoredValue::new_local(None),
        };
        camera.recall_choices();
        if let Ok(interval) = set_interval_with_handle(move || camera.rest_if_idle(), std::time::Duration::from_secs(2))
        {
            on_cleanup(move || interval.clear());
        }
        on_cleanup(glue::detach_camera);
        camera
    }

    fn recall_choices(self) {
        spawn_local(async move {
            let read = async |key| glue::get_meta(key).await.ok().flatten();
            let (mode, chosen) = (read(MODE).await, read(CHOSEN).await);
            let (sound, vibration) = (read(SOUND).await, read(VIBRATION).await);
            if self.state.try_get_untracked().is_none() {
                return;
            }
            match mode.as_deref() {
                Some("single") => self.show_mode(ScanMode::Single),
                Some("aimed") => self.show_mode(ScanMode::Aimed),
                _ => {}
            }
            self.chosen.set_value(chosen.unwrap_or_default());
            self.sound.set(sound.as_deref() != Some("off"));
            self.vibration.set(vibration.as_deref() != Some("off"));
            glue::set_feedback(self.sound.get_untracked(), self.vibration.get_untracked());
        });
    }

    fn show_mode(self, mode: ScanMode) {
        self.scanner.update_value(|scanner| scanner.set_mode(mode));
        self.mode.set(mode);
        self.is_waiting.set(false);
    }

    /// Chooses which codes of a picture are meant.
    pub fn choose_mode(self, mode: ScanMode) {
        self.show_mode(mode);
        let name = match mode {
            ScanMode::Continuous => "continuous",
            ScanMode::Single => "single",
            ScanMode::Aimed => "aimed",
        };
        keep(MODE, name.to_owned());
    }

    /// Chooses what a scan sounds and feels like.
    pub fn choose_feedback(self, sound: bool, vibration: bool) {
        self.sound.set(sound);
        self.vibration.set(vibration);
        glue::set_feedback(sound, vibration);
        keep(SOUND, if sound { "on" } else { "off" }.to_owned());
        keep(VIBRATION, if vibration { "on" } else { "off" }.to_owned());
        glue::feedback("accept");
    }

    /// Chooses a camera.
    pub fn choose_camera(self, device_id: String) {
        keep(CHOSEN, device_id.clone());
        self.chosen.set_value(device_id);
        if matches!(self.state.get_untracked(), CameraState::On | CameraState::Resting) {
            self.start();
        }
    }

    /// Somebody is there.
    pub fn touch(self) {
        self.used_ms.set_value(glue::steady_ms());
    }

    fn rest_if_idle(self) {
        let is_idle = glue::steady_ms() - self.used_ms.get_value() > IDLE_MS;
        if is_idle && self.state.get_untracked() == CameraState::On {
            glue::pause_camera();
            self.state.set(CameraState::Resting);
            self.marks.set(Marks::default());
        }
    }

    /// The trigger: opens the camera, goes on, takes the next single scan, or pauses.
    pub fn trigger(self) {
        self.touch();
        match self.state.get_untracked() {
            CameraState::Starting => {}
            CameraState::Off | CameraState::Failed(_) => self.start(),
            CameraState::Resting => self.go_on(),
            CameraState::On if self.is_waiting.get_untracked() => {
                self.scanner.update_value(Scanner::resume);
                self.is_waiting.set(false);
            }
            CameraState::On => self.close(),
        }
    }

    /// Darkens the camera and gives its room to the list.
    pub fn close(self) {
        glue::pause_camera();
        self.state.set(CameraState::Off);
        self.torch.set(false);
        self.marks.set(Marks::default());
    }

    fn go_on(self) {
        self.state.set(CameraState::Starting);
        spawn_local(async move {
            match glue::resume_camera().await {
                Ok(()) => {
                    self.scanner.update_value(Scanner::resume);
                    self.is_waiting.set(false);
                    self.state.set(CameraState::On);
                }
                Err(_) => self.start(),
            }
        });
    }

    /// Opens the camera, or opens it anew.
    pub fn start(self) {
        self.touch();
        self.state.set(CameraState::Starting);
        // The picture's element appears with the state.
        request_animation_frame(move || {
            let Some(video) = self.video.try_get_untracked().flatten() else { return };
            spawn_local(self.open(video));
        });
    }

    async fn open(self, video: web_sys::HtmlVideoElement) {
        let listeners = CameraListeners::new(
            move |json| self.frame(&json),
            move |code| self.state.set(CameraState::Failed(CameraTrouble::from_code(&code))),
        );
        let options = serde_json::json!({ "device_id": self.chosen.get_value() }).to_string();
        let opened = glue::start_camera(video, options, &listeners).await;
        if self.state.try_get_untracked().is_none() {
            glue::detach_camera();
            return;
        }
        // The one before is let go only now, when it is no longer called.
        self.listeners.set_value(Some(listeners));
        match opened {
            Ok(info) => {
                self.info.set(serde_json::from_str(&info).unwrap_or_default());
                self.scanner.update_value(Scanner::resume);
                self.is_waiting.set(false);
                self.state.set(CameraState::On);
            }
            Err(failure) => self.state.set(CameraState::Failed(CameraTrouble::from_code(&failure.0))),
        }
    }

    fn frame(self, json: &str) {
        if self.state.try_get_untracked() != Some(CameraState::On) {
            return;
        }
        let Ok(frame) = serde_json::from_str::<Frame>(json) else { return };
        if !self.bench.takes_scans.run(()) {
            self.show_marks(&frame, &[]);
            return;
        }
        let accepted = self
            .scanner
            .try_update_value(|scanner| scanner.frame(glue::steady_ms(), &frame.sightings))
            .unwrap_or_default();
        let counted: Vec<String> = accepted.iter().map(|one| one.text.clone()).collect();
        self.show_marks(&frame, &counted);
        if accepted.is_empty() {
            return;
        }
        self.touch();
        self.is_waiting.set(self.scanner.with_value(Scanner::is_waiting));
        for one in accepted {
            self.bench.take.run((one.code, CountMethod::Camera));
        }
    }

    fn show_marks(self, frame: &Frame, counted: &[String]) {
        if frame.sightings.is_empty() && self.marks.with_untracked(|shown| shown.marks.is_empty()) {
            return;
        }
        let outline = |sighting: &Sighting| {
            let points = sighting.corners.points().map(|point| {
                let x = f64::from(point.x) * f64::from(frame.width);
                let y = f64::from(point.y) * f64::from(frame.height);
                format!("{x:.0},{y:.0}")
            });
            Mark { points: points.join(" "), has_counted: counted.contains(&sighting.text) }
        };
        let marks = frame.sightings.iter().map(outline).collect();
        self.marks.set(Marks { size: (frame.width, frame.height), marks });
    }

    /// Reads a still photo; whether a code was found.
    pub async fn read_photo(self, photo: web_sys::Blob) -> Result<bool, ()> {
        let json = glue::decode_photo(photo).await.map_err(drop)?;
        let frame: Frame = serde_json::from_str(&json).map_err(drop)?;
        let accepted = self
            .scanner
            .try_update_value(|scanner| scanner.photo(glue::steady_ms(), &frame.sightings))
            .unwrap_or_default();
        let has_found = !accepted.is_empty();
        for one in accepted {
            self.bench.take.run((one.code, CountMethod::Photo));
        }
        Ok(has_found)
    }

    /// Switches the light.
    pub fn toggle_torch(self) {
        let on = !self.torch.get_untracked();
        spawn_local(async move {
            if glue::set_torch(on).await {
                self.torch.set(on);
            }
        });
    }

    /// Zooms to once, twice, three times and back, as far as the camera goes.
    pub fn next_zoom(self) {
        let Some(range) = self.info.with_untracked(|info| info.zoom) else { return };
        let next = self.zoom.get_untracked() + 1.0;
        let next = if next > range.max.min(3.0) + 0.01 { range.min.max(1.0) } else { next };
        spawn_local(async move {
            if glue::set_zoom(next).await {
                self.zoom.set(next);
            }
        });
    }
}

fn keep(key: &'static str, value: String) {
    // A choice that cannot be kept holds for this visit.
    spawn_local(async move {
        let _ = glue::put_meta(key, value).await;
    });
}

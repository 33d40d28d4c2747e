//! Where the pictures lie: a folder, or a bucket that speaks S3.

use crate::config::Config;
use axum::body::Bytes;
use domain::photo::PhotoId;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where files lie until they are whole, within the folder.
const INCOMING: &str = ".incoming";

/// Which of a photo's pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// As kept.
    Full,
    /// Small, for lists.
    Thumb,
}

/// Where the pictures lie. Cheap to clone.
#[derive(Debug, Clone)]
pub enum PhotoStore {
    /// A folder on this machine.
    Folder(Arc<PathBuf>),
    /// A bucket, and what its keys begin with.
    Bucket(Arc<dyn ObjectStore>, String),
}

/// Why a picture cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum PhotoStoreError {
    /// The folder fails.
    #[error("the photo folder {} cannot be used", .path.display())]
    Folder {
        /// What was used.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The bucket fails.
    #[error("the photo bucket cannot be used")]
    Bucket(#[source] Box<object_store::Error>),
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
}

impl From<object_store::Error> for PhotoStoreError {
    fn from(error: object_store::Error) -> Self {
        Self::Bucket(Box::new(error))
    }
}

/// The name of a picture within its store: two digits as folder, so that no folder grows beyond measure.
fn name(id: &PhotoId, size: Size) -> String {
    let id = id.to_string();
    let end = match size {
        Size::Full => "jpg",
        Size::Thumb => "thumb.jpg",
    };
    format!("{}/{id}.{end}", &id[..2])
}

impl PhotoStore {
    /// Opens what the settings name: the data folder's `photos/`, or a bucket, whose endpoint and credentials come
    /// from the usual `AWS_…` environment variables.
    ///
    /// # Errors
    /// When the folder cannot be made or the bucket's settings do not fit together.
    pub async fn open(config: &Config) -> Result<Self, PhotoStoreError> {
        match config.photo_bucket() {
            Some((bucket, prefix)) => Self::bucket(AmazonS3Builder::from_env().with_bucket_name(bucket), prefix),
            None => Self::folder(config.data_dir.join("photos")).await,
        }
    }

    /// A folder, which is made where there is none.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn folder(root: PathBuf) -> Result<Self, PhotoStoreError> {
        let made = root.clone();
        blocking(move || {
            let incoming = made.join(INCOMING);
            // What a crash left half written was never acknowledged.
            let swept = if incoming.exists() { fs::remove_dir_all(&incoming) } else { Ok(()) };
            swept.and_then(|()| fs::create_dir_all(&incoming)).map_err(failed(&incoming))
        })
        .await?;
        Ok(Self::Folder(Arc::new(root)))
    }

    /// A bucket, keys beginning with `prefix`.
    ///
    /// # Errors
    /// When its settings do not fit together.
    pub fn bucket(settings: AmazonS3Builder, prefix: &str) -> Result<Self, PhotoStoreError> {
        Ok(Self::Bucket(Arc::new(settings.build()?), prefix.to_owned()))
    }

    /// Writes a picture, whole and durably or not at all; over an older one of the same name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn put(&self, id: &PhotoId, size: Size, bytes: Vec<u8>) -> Result<(), PhotoStoreError> {
        let name = name(id, size);
        match self {
            Self::Folder(root) => {
                let root = root.clone();
                blocking(move || write(&root, &name, &bytes)).await
            }
            Self::Bucket(bucket, prefix) => {
                bucket.put(&key(prefix, &name), PutPayload::from(bytes)).await?;
                Ok(())
            }
        }
    }

    /// Reads a picture.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub async fn get(&self, id: &PhotoId, size: Size) -> Result<Bytes, PhotoStoreError> {
        let name = name(id, size);
        match self {
            Self::Folder(root) => {
                let path = root.join(name);
                tokio::fs::read(&path).await.map(Bytes::from).map_err(failed(&path))
            }
            Self::Bucket(bucket, prefix) => Ok(bucket.get(&key(prefix, &name)).await?.bytes().await?),
        }
    }

    /// Removes a picture; one that is not there is no error.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub async fn remove(&self, id: &PhotoId, size: Size) -> Result<(), PhotoStoreError> {
        let name = name(id, size);
        match self {
            Self::Folder(root) => {
                let path = root.join(name);
                match tokio::fs::remove_file(&path).await {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&path)(error)),
                    _ => Ok(()),
                }
            }
            Self::Bucket(bucket, prefix) => match bucket.delete(&key(prefix, &name)).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
                Err(error) => Err(error.into()),
            },
        }
    }
}

fn key(prefix: &str, name: &str) -> Key {
    // An empty prefix leaves no empty part: `Key` drops those.
    Key::from(format!("{prefix}/{name}"))
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> PhotoStoreError + use<> {
    let path = path.to_owned();
    move |source| PhotoStoreError::Folder { path, source }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PhotoStoreError> + Send + 'static,
) -> Result<T, PhotoStoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| PhotoStoreError::Stopping)?
}

/// Written aside and synced, then moved, then the folders synced: a power cut leaves the whole file or none.
fn write(root: &Path, name: &str, bytes: &[u8]) -> Result<(), PhotoStoreError> {
    static N_WRITTEN: AtomicU64 = AtomicU64::new(0);
    let n = N_WRITTEN.fetch_add(1, Ordering::Relaxed);
    let aside = root.join(INCOMING).join(format!("{}-{n}", std::process::id()));
    let target = root.join(name);
    let folder = target.parent().unwrap_or(root);
    let written = File::create(&aside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let moved = written.and_then(|()| {
        if !folder.exists() {
            fs::create_dir_all(folder)?;
            sync_folder(root)?;
        }
        fs::rename(&aside, &target)?;
        sync_folder(folder)
    });
    moved.map_err(|source| {
        let _ = fs::remove_file(&aside);
        PhotoStoreError::Folder { path: target.clone(), source }
    })
}

/// Makes new names in a folder durable. Windows has no such call, and needs none on NTFS.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

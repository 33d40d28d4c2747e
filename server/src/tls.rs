//! HTTPS on the local network: an authority of our own, and a certificate it signs for this machine's addresses.
//!
//! Phones need HTTPS for camera and service worker. Whoever installs the authority's certificate trusts this server
//! and nothing else, as long as the authority's key stays in the data folder.

use crate::keys::write_secret;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("{} cannot be read or written", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The certificate cannot be made.
    #[error("the certificate cannot be made")]
    Certificate(#[from] rcgen::Error),
}

/// A certificate for this machine, and the authority that vouches for it.
#[derive(Debug, Clone)]
pub struct LocalCertificate {
    /// The authority's certificate, for phones to install.
    pub authority_pem: String,
    /// The machine's certificate and the authority's.
    pub chain_pem: String,
    /// The machine's key.
    pub key_pem: String,
}

/// The addresses other machines of the network reach this one by, the likeliest first.
#[must_use]
pub fn lan_addresses() -> Vec<IpAddr> {
    let mut addresses: Vec<IpAddr> = local_ip_address::local_ip().into_iter().collect();
    let interfaces = local_ip_address::list_afinet_netifas().unwrap_or_default();
    let others = interfaces.into_iter().map(|(_, address)| address);
    addresses.extend(others.filter(|address| address.is_ipv4() && !address.is_loopback()));
    let mut seen = BTreeSet::new();
    addresses.retain(|address| seen.insert(*address));
    addresses
}

impl LocalCertificate {
    /// Makes the machine's certificate for `addresses`, signed by the authority kept in `folder`, which is made at the
    /// first call.
    ///
    /// # Errors
    /// When files cannot be read or written, or are damaged.
    pub fn load_or_create(folder: &Path, addresses: &[IpAddr]) -> Result<Self, TlsError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| TlsError::Io { path, source }
        };
        std::fs::create_dir_all(folder).map_err(io(folder))?;
        let (key_file, certificate_file) = (folder.join("ca-key.pem"), folder.join("ca.pem"));
        if !key_file.exists() || !certificate_file.exists() {
            let key = KeyPair::generate()?;
            let certificate = authority_params()?.self_signed(&key)?;
            std::fs::write(&certificate_file, certificate.pem()).map_err(io(&certificate_file))?;
            write_secret(&key_file, &key.serialize_pem()).map_err(io(&key_file))?;
        }
        let authority_pem = std::fs::read_to_string(&certificate_file).map_err(io(&certificate_file))?;
        let key = KeyPair::from_pem(&std::fs::read_to_string(&key_file).map_err(io(&key_file))?)?;
        // The subject and key are all that signing takes from the authority's certificate.
        let authority = Issuer::new(authority_params()?, key);

        // The machine's own certificate is made anew at each start: addresses change, and phones check only who signed.
        let machine_key = KeyPair::generate()?;
        let certificate = machine_params(addresses)?.signed_by(&machine_key, &authority)?;
        Ok(Self {
            chain_pem: format!("{}{authority_pem}", certificate.pem()),
            key_pem: machine_key.serialize_pem(),
            authority_pem,
        })
    }
}

fn authority_params() -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, "Shelftrace local authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2036, 1, 1);
    Ok(params)
}

fn machine_params(addresses: &[IpAddr]) -> Result<CertificateParams, rcgen::Error> {
    let mut names = vec!["localhost".to_owned(), IpAddr::V4(Ipv4Addr::LOCALHOST).to_string()];
    names.extend(addresses.iter().map(IpAddr::to_string));
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "Shelftrace");
    params.is_ca = IsCa::NoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    // iOS refuses server certificates that hold for more than 825 days.
    // Certificates hold in the world's time, not in a test's.
    let now = date_time_ymd(1970, 1, 1) + SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    params.not_before = now - Duration::from_secs(DAY_S);
    params.not_after = now + Duration::from_secs(800 * DAY_S);
    Ok(params)
}

const DAY_S: u64 = 86_400;

/// A QR code of `text` in half-block characters, light on dark terminals and dark on light ones alike.
///
/// # Errors
/// When the text is too long for a QR code.
pub fn terminal_qr(text: &str) -> Result<String, qrcode::types::QrError> {
    use qrcode::render::unicode::Dense1x2;
    let code = qrcode::QrCode::new(text)?;
    // Scanners read dark on light: most terminals are dark, so light modules are drawn as blocks.
    Ok(code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authority_stays_and_the_certificate_is_new() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let addresses = [IpAddr::V4(Ipv4Addr::new(192, 168, 1, 7))];
        let first = LocalCertificate::load_or_create(folder.path(), &addresses).expect("makes it");
        let second = LocalCertificate::load_or_create(folder.path(), &addresses).expect("reads it");
        assert_eq!(first.authority_pem, second.authority_pem);
        assert_ne!(first.chain_pem, second.chain_pem);
        assert_eq!(first.chain_pem.matches("BEGIN CERTIFICATE").count(), 2);
    }

    #[test]
    fn an_address_fits_a_terminal() {
        let qr = terminal_qr("https://192.168.100.200:3443/").expect("short enough");
        assert!(qr.lines().all(|line| line.chars().count() < 60), "{qr}");
    }
}

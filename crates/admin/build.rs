//! Puts the admin center into the program: every file of `web/dist`, compressed once here instead of
//! for each reader, with its type and its tag. `web/dist` is committed, so that nothing but cargo is
//! needed; what is unfit for serving (a type nobody knows, a page without room for its nonce) ends
//! the build.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};

/// Says which sources the files were built of (`web/stamp --check`); not to be served.
const STAMP: &str = "STAMP";
/// Where the page's nonce goes.
const NONCE: &str = "__CSP_NONCE__";
/// Quality and window of brotli: the best there are.
const QUALITY: u32 = 11;
const WINDOW: u32 = 22;

fn main() -> Result<(), Box<dyn Error>> {
    let dist = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../web/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let index = fs::read_to_string(dist.join("index.html"))?;
    if !index.contains(NONCE) {
        return Err(format!("web/dist/index.html has no {NONCE}").into());
    }
    fs::write(out.join("index.html"), &index)?;
    let mut paths = Vec::new();
    collect(&dist, &dist, &mut paths)?;
    paths.sort();
    let mut table = String::from("const FILES: &[File] = &[\n");
    for (number, path) in
        paths.iter().filter(|path| !["index.html", STAMP].contains(&path.as_str())).enumerate()
    {
        add(&mut table, &dist.join(path), path, &out.join(number.to_string()))?;
    }
    table.push_str("];\n");
    fs::write(out.join("files.rs"), table)?;
    Ok(())
}

/// The files under `directory`, as paths from `root` on.
fn collect(root: &Path, directory: &Path, paths: &mut Vec<String>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, paths)?;
        } else {
            let name = path.strip_prefix(root)?.to_str().ok_or("a file's name is no text")?;
            paths.push(name.to_owned());
        }
    }
    Ok(())
}

/// Adds a file to the table, its content beside the table as `target` with an extension.
fn add(table: &mut String, file: &Path, path: &str, target: &Path) -> Result<(), Box<dyn Error>> {
    let content = fs::read(file)?;
    let extension = file.extension().and_then(|e| e.to_str()).unwrap_or_default();
    let (kind, is_text) =
        kind(extension).ok_or_else(|| format!("web/dist/{path}: of what type is .{extension}?"))?;
    let tag = format!("{:08x}{:x}", crc32fast::hash(&content), content.len());
    let include = |bytes: &[u8], extension: &str| -> Result<String, Box<dyn Error>> {
        let target = target.with_extension(extension);
        fs::write(&target, bytes)?;
        Ok(format!("include_bytes!({:?})", target.to_str().ok_or("OUT_DIR is no text")?))
    };
    let content = if is_text {
        let brotli = include(&brotli(&content)?, "br")?;
        let gzip = include(&gzip(&content)?, "gz")?;
        format!("Content::Packed {{ brotli: {brotli}, gzip: {gzip} }}")
    } else {
        format!("Content::Plain({})", include(&content, "bin")?)
    };
    writeln!(
        table,
        "    File {{ path: {path:?}, kind: {kind:?}, tag: {tag:?}, content: {content} }},"
    )?;
    Ok(())
}

/// The media type for a file name's extension, and whether such files get smaller.
fn kind(extension: &str) -> Option<(&'static str, bool)> {
    Some(match extension {
        "js" | "mjs" => ("text/javascript; charset=utf-8", true),
        "css" => ("text/css; charset=utf-8", true),
        "svg" => ("image/svg+xml", true),
        "json" => ("application/json", true),
        "txt" => ("text/plain; charset=utf-8", true),
        "ttf" => ("font/ttf", true),
        "woff2" => ("font/woff2", false),
        "png" => ("image/png", false),
        "ico" => ("image/vnd.microsoft.icon", false),
        _ => return None,
    })
}

fn brotli(content: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 4096, QUALITY, WINDOW);
    writer.write_all(content)?;
    writer.flush()?;
    drop(writer);
    Ok(packed)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

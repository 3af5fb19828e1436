//! SQLite's file system (`sqlite3_vfs`) on disks in memory. It becomes SQLite's default in this
//! process, so that the program under test opens its files as ever.
//!
//! **What is unsafe here.** SQLite calls these functions through C pointers and hands them raw
//! ones. They rely on what SQLite promises (<https://sqlite.org/c3ref/vfs.html> and `io_methods`):
//! a file pointer has `szOsFile` bytes, filled by `xOpen` and given back with `xClose`, and is used
//! by one thread at a time; names end in NUL; a buffer has the length given with it; a region of
//! shared memory is not used after `xShmUnmap`. Nothing here panics across the border, and all
//! state beyond the pointers is ordinary Rust behind a lock.
//!
//! Time stands still, waiting costs none, and randomness follows from the seed: a schedule of one
//! thread comes out the same every time.

use std::{
    collections::HashMap,
    ffi::{CStr, c_char, c_int, c_void},
    path::{Path, PathBuf},
    ptr,
    sync::{Arc, LazyLock, Once},
};

use parking_lot::{Mutex, MutexGuard};
use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_vfs};

use crate::{Dice, Disk, disk::Trouble, shm::Held};

type Shared = Arc<Mutex<Disk>>;

/// Disks by the directory they are mounted at.
static DISKS: LazyLock<Mutex<HashMap<PathBuf, Shared>>> = LazyLock::new(Mutex::default);
/// What SQLite's own randomness begins with.
static DICE: Mutex<Option<Dice>> = Mutex::new(None);
static INSTALL: Once = Once::new();

/// A disk in its place; taken away when dropped.
pub struct Mounted {
    directory: PathBuf,
    disk: Shared,
}

/// Mounts a disk: SQLite finds the files below `directory` on it. From the first call on SQLite
/// sees no other files in this process than those on mounted disks.
pub fn mount(directory: &Path, disk: Disk, seed: u64) -> Mounted {
    INSTALL.call_once(install);
    *DICE.lock() = Some(Dice::new(seed));
    // SAFETY: documented: no bytes and no buffer make the generator begin anew.
    unsafe { ffi::sqlite3_randomness(0, ptr::null_mut()) };
    let disk = Arc::new(Mutex::new(disk));
    DISKS.lock().insert(directory.to_owned(), Arc::clone(&disk));
    Mounted { directory: directory.to_owned(), disk }
}

impl Mounted {
    /// The disk, while SQLite does nothing with it.
    pub fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock()
    }

    /// The same for whoever needs it longer.
    pub fn shared(&self) -> Arc<Mutex<Disk>> {
        Arc::clone(&self.disk)
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        DISKS.lock().remove(&self.directory);
    }
}

/// SQLite's file, then ours.
#[repr(C)]
struct Handle {
    base: sqlite3_file,
    /// In a box, because SQLite gives plain memory.
    open: *mut Open,
}

struct Open {
    disk: Shared,
    inode: usize,
    level: c_int,
    held: Held,
    in_memory: bool,
    /// Made as a log or journal and not synced since: its name is not, either.
    sync_names: bool,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

fn install() {
    let vfs = Box::new(sqlite3_vfs {
        iVersion: 2,
        szOsFile: size_of::<Handle>() as c_int,
        mxPathname: 512,
        pNext: ptr::null_mut(),
        zName: c"simulated".as_ptr(),
        pAppData: ptr::null_mut(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        xFullPathname: Some(full_pathname),
        xDlOpen: None,
        xDlError: None,
        xDlSym: None,
        xDlClose: None,
        xRandomness: Some(randomness),
        xSleep: Some(sleep),
        xCurrentTime: Some(current_time),
        xGetLastError: None,
        xCurrentTimeInt64: Some(current_time_int64),
        xSetSystemCall: None,
        xGetSystemCall: None,
        xNextSystemCall: None,
    });
    // SAFETY: the structure is complete and lives for ever.
    let status = unsafe { ffi::sqlite3_vfs_register(Box::leak(vfs), 1) };
    assert_eq!(status, ffi::SQLITE_OK, "SQLite takes a file system");
}

/// The name of a file, if there is one and it is text.
///
/// # Safety
/// `name` is null or ends in NUL.
unsafe fn text<'a>(name: *const c_char) -> Option<&'a str> {
    if name.is_null() {
        return None;
    }
    // SAFETY: said by the caller.
    unsafe { CStr::from_ptr(name) }.to_str().ok()
}

fn disk_of(name: &str) -> Option<Shared> {
    DISKS.lock().get(Path::new(name).parent()?).cloned()
}

/// # Safety
/// `file` was filled by [`open`] and not closed, and nobody else uses it now.
unsafe fn opened<'a>(file: *mut sqlite3_file) -> &'a mut Open {
    // SAFETY: then it is a `Handle`, and `open` came out of a box.
    unsafe { &mut *(*file.cast::<Handle>()).open }
}

fn said(result: Result<(), Trouble>, failed: c_int) -> c_int {
    match result {
        Ok(()) => ffi::SQLITE_OK,
        Err(Trouble::Full) => ffi::SQLITE_FULL,
        Err(Trouble::Failed) => failed,
    }
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite's memory; without methods it counts as not open.
    unsafe { (*file).pMethods = ptr::null() };
    // SAFETY: a name or null.
    let name = unsafe { text(name) };
    let disk = match name {
        Some(name) => disk_of(name),
        // Temporary files are on no disk that anything happens to.
        None => Some(Arc::new(Mutex::new(Disk::new(0)))),
    };
    let Some(disk) = disk else { return ffi::SQLITE_CANTOPEN };
    let mut locked = disk.lock();
    if locked.is_dead() {
        return ffi::SQLITE_CANTOPEN;
    }
    let mut sync_names = false;
    let inode = match name.and_then(|name| locked.find(name)) {
        Some(inode) => inode,
        None if flags & ffi::SQLITE_OPEN_CREATE == 0 => return ffi::SQLITE_CANTOPEN,
        None => {
            sync_names = flags & (ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL) != 0;
            match locked.make(name) {
                Ok(inode) => inode,
                Err(_) => return ffi::SQLITE_CANTOPEN,
            }
        }
    };
    locked.opened();
    drop(locked);
    let level = ffi::SQLITE_LOCK_NONE;
    let open = Open { disk, inode, level, held: Held::default(), in_memory: false, sync_names };
    // SAFETY: `file` has room for a `Handle`, as `szOsFile` says; `out_flags` is null or an int.
    unsafe {
        let base = sqlite3_file { pMethods: &raw const METHODS };
        file.cast::<Handle>().write(Handle { base, open: Box::into_raw(Box::new(open)) });
        if !out_flags.is_null() {
            *out_flags = flags;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    // SAFETY: a name.
    let Some(name) = (unsafe { text(name) }) else { return ffi::SQLITE_IOERR_DELETE };
    let Some(disk) = disk_of(name) else { return ffi::SQLITE_IOERR_DELETE };
    let mut disk = disk.lock();
    if !disk.is_dead() && disk.find(name).is_none() {
        return ffi::SQLITE_IOERR_DELETE_NOENT;
    }
    said(disk.delete(name, sync != 0), ffi::SQLITE_IOERR_DELETE)
}

unsafe extern "C" fn access(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    _: c_int,
    found: *mut c_int,
) -> c_int {
    // SAFETY: a name.
    let Some(name) = (unsafe { text(name) }) else { return ffi::SQLITE_IOERR_ACCESS };
    let Some(disk) = disk_of(name) else { return ffi::SQLITE_IOERR_ACCESS };
    let disk = disk.lock();
    if disk.is_dead() {
        return ffi::SQLITE_IOERR_ACCESS;
    }
    // SAFETY: an int to fill.
    unsafe { *found = c_int::from(disk.find(name).is_some()) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_pathname(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: a name that ends in NUL, and `room` bytes to copy it into.
    unsafe {
        let bytes = CStr::from_ptr(name).to_bytes_with_nul();
        if bytes.len() > room as usize {
            return ffi::SQLITE_CANTOPEN;
        }
        ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len());
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(_: *mut sqlite3_vfs, count: c_int, out: *mut c_char) -> c_int {
    let mut dice = DICE.lock();
    let dice = dice.get_or_insert_with(|| Dice::new(0));
    for n in 0..count as usize {
        // SAFETY: `count` bytes to fill.
        unsafe { out.add(n).write(dice.roll() as c_char) };
    }
    count
}

unsafe extern "C" fn sleep(_: *mut sqlite3_vfs, microseconds: c_int) -> c_int {
    microseconds
}

unsafe extern "C" fn current_time(_: *mut sqlite3_vfs, days: *mut f64) -> c_int {
    // SAFETY: a number to fill.
    unsafe { *days = 2_460_000.5 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn current_time_int64(
    _: *mut sqlite3_vfs,
    milliseconds: *mut sqlite3_int64,
) -> c_int {
    // SAFETY: a number to fill.
    unsafe { *milliseconds = 212_544_043_200_000 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: an open file, for the last time: the box is taken back.
    let mut open = unsafe { Box::from_raw((*file.cast::<Handle>()).open) };
    leave_memory(&mut open);
    set_level(&mut open, ffi::SQLITE_LOCK_NONE);
    open.disk.lock().closed();
    // SAFETY: it is not open any more.
    unsafe { (*file).pMethods = ptr::null() };
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut sqlite3_file,
    into: *mut c_void,
    amount: c_int,
    offset: sqlite3_int64,
) -> c_int {
    // SAFETY: an open file, and a buffer of this length.
    let (open, into) = unsafe {
        (opened(file), std::slice::from_raw_parts_mut(into.cast::<u8>(), amount as usize))
    };
    match open.disk.lock().read(open.inode, offset as u64, into) {
        Ok(length) if length == into.len() => ffi::SQLITE_OK,
        Ok(length) => {
            into[length..].fill(0);
            ffi::SQLITE_IOERR_SHORT_READ
        }
        Err(_) => ffi::SQLITE_IOERR_READ,
    }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    from: *const c_void,
    amount: c_int,
    offset: sqlite3_int64,
) -> c_int {
    // SAFETY: an open file, and a buffer of this length.
    let (open, from) =
        unsafe { (opened(file), std::slice::from_raw_parts(from.cast::<u8>(), amount as usize)) };
    said(open.disk.lock().write(open.inode, offset as u64, from), ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: sqlite3_int64) -> c_int {
    // SAFETY: an open file.
    let open = unsafe { opened(file) };
    said(open.disk.lock().resize(open.inode, size as u64), ffi::SQLITE_IOERR_TRUNCATE)
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _: c_int) -> c_int {
    // SAFETY: an open file.
    let open = unsafe { opened(file) };
    let result = open.disk.lock().sync(open.inode, open.sync_names);
    open.sync_names &= result.is_err();
    said(result, ffi::SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, size: *mut sqlite3_int64) -> c_int {
    // SAFETY: an open file, and a number to fill.
    unsafe {
        let open = opened(file);
        *size = open.disk.lock().inode(open.inode).file.content().len() as sqlite3_int64;
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, wanted: c_int) -> c_int {
    // SAFETY: an open file.
    let open = unsafe { opened(file) };
    if open.level >= wanted {
        return ffi::SQLITE_OK;
    }
    let disk = Arc::clone(&open.disk);
    let mut disk = disk.lock();
    let locks = &mut disk.inode(open.inode).locks;
    match wanted {
        ffi::SQLITE_LOCK_SHARED if locks.pending || locks.exclusive => ffi::SQLITE_BUSY,
        ffi::SQLITE_LOCK_SHARED => {
            locks.shared += 1;
            open.level = wanted;
            ffi::SQLITE_OK
        }
        ffi::SQLITE_LOCK_RESERVED if locks.reserved => ffi::SQLITE_BUSY,
        ffi::SQLITE_LOCK_RESERVED => {
            locks.reserved = true;
            open.level = wanted;
            ffi::SQLITE_OK
        }
        _ => {
            if open.level < ffi::SQLITE_LOCK_PENDING {
                // A hot journal is rolled back without reserving first.
                if locks.pending || (open.level < ffi::SQLITE_LOCK_RESERVED && locks.reserved) {
                    return ffi::SQLITE_BUSY;
                }
                locks.reserved = true;
                locks.pending = true;
                open.level = ffi::SQLITE_LOCK_PENDING;
            }
            if locks.shared > 1 {
                return ffi::SQLITE_BUSY;
            }
            locks.exclusive = true;
            open.level = ffi::SQLITE_LOCK_EXCLUSIVE;
            ffi::SQLITE_OK
        }
    }
}

unsafe extern "C" fn unlock(file: *mut sqlite3_file, level: c_int) -> c_int {
    // SAFETY: an open file.
    set_level(unsafe { opened(file) }, level);
    ffi::SQLITE_OK
}

fn set_level(open: &mut Open, level: c_int) {
    if open.level <= level {
        return;
    }
    let mut disk = open.disk.lock();
    let locks = &mut disk.inode(open.inode).locks;
    if open.level > ffi::SQLITE_LOCK_SHARED {
        (locks.reserved, locks.pending, locks.exclusive) = (false, false, false);
    }
    if level == ffi::SQLITE_LOCK_NONE {
        locks.shared -= 1;
    }
    open.level = level;
}

unsafe extern "C" fn check_reserved_lock(file: *mut sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: an open file, and an int to fill.
    unsafe {
        let open = opened(file);
        *out = c_int::from(open.disk.lock().inode(open.inode).locks.reserved);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_: *mut sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut sqlite3_file) -> c_int {
    // What SQLite assumes of files on Linux.
    4096
}

unsafe extern "C" fn device_characteristics(_: *mut sqlite3_file) -> c_int {
    // As it assumes of files on Linux; nothing about order or atomic writes.
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: an open file.
    let open = unsafe { opened(file) };
    let mut disk = open.disk.lock();
    let (region, size) = (region as usize, size as usize);
    if !open.in_memory {
        disk.inode(open.inode).memory.enter();
        open.in_memory = true;
    }
    if !disk.inode(open.inode).memory.has(region) {
        if extend == 0 {
            // SAFETY: a pointer to fill.
            unsafe { *out = ptr::null_mut() };
            return ffi::SQLITE_OK;
        }
        // On Linux this is a file on the same disk that has to grow.
        if disk.operate(|| "grow the index".to_owned()).is_err() {
            return ffi::SQLITE_IOERR_SHMSIZE;
        }
        disk.inode(open.inode).memory.grow(region, size);
    }
    let memory = disk.inode(open.inode).memory.region(region);
    // SAFETY: a pointer to fill. The region is of atomics and stays until the last one leaves.
    unsafe { *out = memory.map_or(ptr::null_mut(), |memory| memory.cast_mut().cast()) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn shm_lock(
    file: *mut sqlite3_file,
    first: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    // SAFETY: an open file.
    let open = unsafe { opened(file) };
    let mut disk = open.disk.lock();
    let memory = &mut disk.inode(open.inode).memory;
    let (first, count) = (first as usize, count as usize);
    if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
        memory.unlock(first, count, &mut open.held);
        return ffi::SQLITE_OK;
    }
    let alone = flags & ffi::SQLITE_SHM_EXCLUSIVE != 0;
    if memory.lock(first, count, alone, &mut open.held) { ffi::SQLITE_OK } else { ffi::SQLITE_BUSY }
}

unsafe extern "C" fn shm_barrier(_: *mut sqlite3_file) {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut sqlite3_file, _: c_int) -> c_int {
    // SAFETY: an open file.
    leave_memory(unsafe { opened(file) });
    ffi::SQLITE_OK
}

fn leave_memory(open: &mut Open) {
    if open.in_memory {
        open.disk.lock().inode(open.inode).memory.leave(&mut open.held);
        open.in_memory = false;
    }
}

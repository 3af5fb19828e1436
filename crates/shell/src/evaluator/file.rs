//! `[System.IO.File]::…`: files whole, as the documentation of certificates uses them.

use super::Evaluator;
use crate::bytes;
use crate::convert::to_text;
use crate::value::Value;

impl Evaluator<'_> {
    /// A member of `[System.IO.File]`.
    pub(super) fn file_member(
        &mut self,
        member: &str,
        arguments: &[Value],
    ) -> Result<Value, String> {
        let member = member.to_ascii_lowercase();
        match (member.as_str(), arguments) {
            ("exists", [path]) => Ok(Value::Bool(self.host.file_exists(&to_text(path)))),
            ("readallbytes", [path]) => {
                let read = self.host.read_bytes(&to_text(path)).map_err(|e| e.message)?;
                Ok(bytes::to_value(&read))
            }
            ("readalltext", [path]) => {
                self.host.read_file(&to_text(path)).map(Value::text).map_err(|e| e.message)
            }
            ("writeallbytes", [path, value]) => {
                let written = bytes::of_value(value).ok_or("These are no bytes.")?;
                self.host.write_bytes(&to_text(path), &written).map_err(|e| e.message)?;
                Ok(Value::Null)
            }
            ("writealltext", [path, text]) => {
                let written = self.host.write_file(&to_text(path), &to_text(text), false);
                written.map(|()| Value::Null).map_err(|e| e.message)
            }
            _ => Err("[System.IO.File] has Exists, ReadAllBytes, ReadAllText, WriteAllBytes and \
                      WriteAllText here."
                .into()),
        }
    }
}

//! The short names of the shell's commands.

/// Short names, lower case.
pub(crate) const ALIASES: &[(&str, &str)] = &[
    ("?", "Where-Object"),
    ("where", "Where-Object"),
    ("%", "ForEach-Object"),
    ("foreach", "ForEach-Object"),
    ("fl", "Format-List"),
    ("ft", "Format-Table"),
    ("select", "Select-Object"),
    ("sls", "Select-String"),
    ("sort", "Sort-Object"),
    ("fw", "Format-Wide"),
    ("group", "Group-Object"),
    ("measure", "Measure-Object"),
    ("tee", "Tee-Object"),
    ("epcsv", "Export-Csv"),
    ("ipcsv", "Import-Csv"),
    ("oh", "Out-Host"),
    ("sleep", "Start-Sleep"),
    ("cls", "Clear-Host"),
    ("clear", "Clear-Host"),
    ("gal", "Get-Alias"),
    ("echo", "Write-Output"),
    ("write", "Write-Output"),
    ("gcm", "Get-Command"),
    ("gm", "Get-Member"),
    ("help", "Get-Help"),
    ("man", "Get-Help"),
    ("cat", "Get-Content"),
    ("type", "Get-Content"),
    ("gc", "Get-Content"),
    ("sc", "Set-Content"),
    ("ac", "Add-Content"),
];

/// The command an alias stands for; any other name as it is.
pub(super) fn full_name(name: &str) -> &str {
    let lower = name.to_lowercase();
    ALIASES.iter().find(|(alias, _)| *alias == lower).map_or(name, |(_, full)| full)
}

/// The aliases of a command.
pub(super) fn aliases_of(command: &str) -> Vec<&'static str> {
    ALIASES.iter().filter(|(_, full)| *full == command).map(|(alias, _)| *alias).collect()
}

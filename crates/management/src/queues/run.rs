//! The cmdlets that work on queues, by name.

use super::action_cmdlets::{get_queue_action, stop_queue_action};
use super::call::QueueCall;
use super::digest::get_queue_digest;
use super::messages::{
    export_message, get_message, remove_message, resume_message, suspend_message,
};
use super::queue_cmdlets::{get_queue, resume_queue, retry_queue, suspend_queue};
use super::redirect::redirect_message;
use crate::output::Output;
use crate::problem::Problem;

/// A cmdlet that works on queues.
#[derive(Debug, Clone, Copy)]
pub(crate) enum QueueWork {
    GetQueue,
    SuspendQueue,
    ResumeQueue,
    RetryQueue,
    GetQueueDigest,
    GetMessage,
    SuspendMessage,
    ResumeMessage,
    RemoveMessage,
    ExportMessage,
    RedirectMessage,
    GetQueueAction,
    StopQueueAction,
}

/// The cmdlet of this name, when it works on queues.
pub(crate) fn queue_cmdlet(name: &str) -> Option<QueueWork> {
    Some(match name {
        "Get-Queue" => QueueWork::GetQueue,
        "Suspend-Queue" => QueueWork::SuspendQueue,
        "Resume-Queue" => QueueWork::ResumeQueue,
        "Retry-Queue" => QueueWork::RetryQueue,
        "Get-QueueDigest" => QueueWork::GetQueueDigest,
        "Get-Message" => QueueWork::GetMessage,
        "Suspend-Message" => QueueWork::SuspendMessage,
        "Resume-Message" => QueueWork::ResumeMessage,
        "Remove-Message" => QueueWork::RemoveMessage,
        "Export-Message" => QueueWork::ExportMessage,
        "Redirect-Message" => QueueWork::RedirectMessage,
        "Get-QueueAction" => QueueWork::GetQueueAction,
        "Stop-QueueAction" => QueueWork::StopQueueAction,
        _ => return None,
    })
}

impl QueueWork {
    /// Does it.
    pub(crate) async fn run(self, call: QueueCall) -> Result<Output, Problem> {
        match self {
            Self::GetQueue => get_queue(call).await,
            Self::SuspendQueue => suspend_queue(call).await,
            Self::ResumeQueue => resume_queue(call).await,
            Self::RetryQueue => retry_queue(call).await,
            Self::GetQueueDigest => get_queue_digest(call).await,
            Self::GetMessage => get_message(call).await,
            Self::SuspendMessage => suspend_message(call).await,
            Self::ResumeMessage => resume_message(call).await,
            Self::RemoveMessage => remove_message(call).await,
            Self::ExportMessage => export_message(call).await,
            Self::RedirectMessage => redirect_message(call).await,
            Self::GetQueueAction => get_queue_action(&call),
            Self::StopQueueAction => stop_queue_action(&call),
        }
    }
}

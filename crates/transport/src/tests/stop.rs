//! Stops: what was under way when the service stopped is as it was, and not suspected of anything.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener as StdListener,
};

use super::*;

/// A host that takes everything but never says what it thinks of the content.
fn silent_host() -> SocketAddr {
    let listener = StdListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut writer = stream.try_clone().unwrap();
                let _ = writer.write_all(b"220 silent.example.net\r\n");
                let mut is_content = false;
                for line in BufReader::new(stream).lines() {
                    let Ok(line) = line else { return };
                    let reply = match line.as_str() {
                        _ if is_content => continue,
                        "DATA" => {
                            is_content = true;
                            "354 go on\r\n"
                        }
                        _ => "250 ok\r\n",
                    };
                    let _ = writer.write_all(reply.as_bytes());
                }
            });
        }
    });
    address
}

/// A next hop that answers only after the service's patience at a stop: three stops in the midst
/// of it are no crashes, and the message is tried again at once after each.
#[test]
fn a_stop_in_the_midst_of_a_slow_attempt_is_no_crash() {
    let place = Place::new();
    place.connect(silent_host(), |_| {});
    for round in 0..4 {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let transport = place.start().await;
            if round == 0 {
                submit(&transport, &["a@example.net"], None).await;
            }
            until("it is under way", || {
                let messages = transport.messages();
                assert_eq!(messages.len(), 1);
                assert_ne!(messages[0].queue, QueueName::Poison, "suspected after {round} stops");
                messages[0].status == "Active"
            })
            .await;
            // The patience ends earlier here than it does in the program.
            let _ = tokio::time::timeout(Duration::from_millis(300), transport.stop()).await;
        });
        drop(runtime);
    }
}

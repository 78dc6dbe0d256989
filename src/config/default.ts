/**
 * The configuration of a gateway that is given none: it rings on any machine, without hardware or account.
 * `offhook config` prints it as a start for one's own.
 */
export const defaultConfig = `# Offhook: emulated phones and a softphone on this machine. Every key is described in docs/config.md.
country = "DE"

[sip]
listen = "127.0.0.1:5060"

[rtp]
port_min = 10000
port_max = 10031

[usb]
enabled = true
emulate = true

# A softphone on this machine: calls come from anywhere on 127.0.0.1 and go to port 5070.
[[line]]
name = "local"
mode = "direct"
user = "offhook"
server = "127.0.0.1:5070"
display_name = "Offhook"
max_calls = 8

[[handset]]
number = "611"
name = "Living room"

[[handset]]
number = "612"
name = "Kitchen"

[[handset]]
number = "613"
name = "Office"

[[port]]
number = "601"
name = "Hall"

[[port]]
number = "602"
name = "Workshop"

[[group]]
number = "600"
members = ["all"]

[[service]]
number = "690"
service = "echo"

# Whatever else is called on the line rings all phones.
[[incoming]]
line = "local"
ring = ["all"]

[[outgoing]]
name = "Softphones"
pattern = "7xx"
line = "local"

[[outgoing]]
name = "Outside"
pattern = "0x."
line = "local"

[numbering]
emergency = ["112", "110"]

[[contact]]
name = "Alice Softphone"
numbers = ["700", "alice"]
`;

path "secret/+/x*" { capabilities = ["read", "deny"] }

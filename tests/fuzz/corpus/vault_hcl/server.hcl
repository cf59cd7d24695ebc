ui = true
storage "file" { path = "/opt/vault/data" }
listener "tcp" {
  address     = "0.0.0.0:8200"
  tls_disable = "true" # or not
}
seal "awskms" {
  region = "eu-west-1"
  list = ["a", 1, true, {b = 2}]
  text = <<-EOT
    two
    lines
    EOT
}

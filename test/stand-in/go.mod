module antdb.io/stand-in

go 1.24

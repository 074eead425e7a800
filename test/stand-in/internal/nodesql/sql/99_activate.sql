-- Last of all: from here on DDL is spread. AntDB's public schema takes tables of every role, as PostgreSQL's did until 14.
GRANT CREATE ON SCHEMA public TO public;
CREATE EVENT TRIGGER antdb_ddl_end ON ddl_command_end EXECUTE FUNCTION antdb.on_ddl_end();
CREATE EVENT TRIGGER antdb_drop ON sql_drop EXECUTE FUNCTION antdb.on_drop();
